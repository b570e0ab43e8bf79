/// Tensor exchange: PyTorch's names, shapes and orders, out and in.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "taut/core/channels_last.hpp"
#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;

namespace {

using Net = Sequential<Shape{2, 6, 6}, Conv2d<4, 3, Groups{2}>, BatchNorm2d, ReLU, MaxPool2d<2>, Flatten, Linear<5>, Linear<3, NoBias{}>>;
using NetModel = Model<Net, double, Reference, 4>;

using Tensors = std::vector<NamedTensor<double>>;

/// What import_tensors says, and whether it left the model alone.
std::string import_error(const Tensors& tensors) {
  NetModel model{seed(5)};
  const std::vector<double> before(model.parameters().begin(), model.parameters().end());
  const std::vector<double> buffers(model.buffers().begin(), model.buffers().end());
  std::string error;
  try {
    model.import_tensors(tensors);
  } catch (const Error& caught) {
    error = caught.what();
  }
  CHECK(std::equal(before.begin(), before.end(), model.parameters().begin()));
  CHECK(std::equal(buffers.begin(), buffers.end(), model.buffers().begin()));
  return error;
}

NamedTensor<double>& find(Tensors& tensors, const std::string& name) {
  return *std::find_if(tensors.begin(), tensors.end(), [&](const auto& tensor) { return tensor.name == name; });
}

/// 1, 2, 3, …, so that every element can be told from the others.
template <class T>
void count_up(std::vector<T>& values) {
  std::iota(values.begin(), values.end(), T{1});
}

}  // namespace

TEST_CASE("tensors have PyTorch's names, shapes and order") {
  const NetModel model{seed(1)};
  const Tensors tensors = model.export_tensors();
  const std::vector<std::pair<std::string, Shape>> expected{
      {"0.weight", {4, 1, 3, 3}}, {"0.bias", {4}},      {"1.weight", {4}}, {"1.bias", {4}},     {"1.running_mean", {4}},
      {"1.running_var", {4}},     {"5.weight", {5, 16}}, {"5.bias", {5}},   {"6.weight", {3, 5}}};
  REQUIRE(tensors.size() == expected.size());
  for (index_t i = 0; i < tensors.size(); ++i) {
    CHECK(tensors[i].name == expected[i].first);
    CHECK(tensors[i].shape == expected[i].second);
    CHECK(tensors[i].values.size() == expected[i].second.size());
  }
  const Tensors gradients = model.export_gradients();
  REQUIRE(gradients.size() == 7);  // no gradient of a running statistic
  CHECK(gradients[4].name == "5.weight");
}

TEST_CASE("exported and imported, the tensors are the same") {
  NetModel from{seed(1)}, to{seed(2)};
  Batch<double, Net::input_shape, 4> images(3);
  Random random(4);
  for (index_t i = 0; i < 3 * Net::input_shape.size(); ++i) images.data()[i] = static_cast<double>(random.normal());
  from.forward(images);  // moves the running statistics, so that buffers are exchanged too
  Tensors tensors = from.export_tensors();
  std::reverse(tensors.begin(), tensors.end());  // in any order
  to.import_tensors(tensors);
  CHECK(std::equal(from.parameters().begin(), from.parameters().end(), to.parameters().begin()));
  CHECK(std::equal(from.buffers().begin(), from.buffers().end(), to.buffers().begin()));
  const auto expected = from.evaluate(images), got = to.evaluate(images);
  for (index_t i = 0; i < 3 * 3; ++i) CHECK(got.data[i] == expected.data[i]);
}

TEST_CASE("every element has its own place") {
  NetModel model{seed(1)};
  Tensors tensors = model.export_tensors();
  double next = 1;
  for (auto& tensor : tensors) {
    for (double& value : tensor.values) value = next++;
  }
  model.import_tensors(tensors);
  const Tensors again = model.export_tensors();
  for (index_t i = 0; i < tensors.size(); ++i) CHECK(again[i].values == tensors[i].values);
  const double sum = std::accumulate(model.parameters().begin(), model.parameters().end(), 0.0) +
                     std::accumulate(model.buffers().begin(), model.buffers().end(), 0.0);
  CHECK(sum == (next - 1) * next / 2);  // all of them are there, and the alignment gaps are zero
}

TEST_CASE("what doesn't fit is named, and nothing is imported") {
  const Tensors good = NetModel{seed(1)}.export_tensors();
  CHECK(import_error(NetModel{seed(5)}.export_tensors()) == "");

  Tensors tensors = good;
  tensors.erase(tensors.begin() + 6);
  CHECK(import_error(tensors) == "there is no tensor 5.weight, which layer 5, Linear<5> needs");

  tensors = good;
  tensors.push_back({"7.weight", {2, 2}, std::vector<double>(4)});
  CHECK(import_error(tensors) == "tensor \"7.weight\" (2x2) belongs to no layer of the network");

  tensors = good;
  find(tensors, "0.weight") = {"0.weight", {4, 2, 3, 3}, std::vector<double>(72)};
  CHECK(import_error(tensors) == "tensor 0.weight of layer 0, Conv2d<4,3,Groups{2}> should be 4x1x3x3 but is 4x2x3x3");

  tensors = good;
  find(tensors, "1.running_var").shape = {4, 1};
  CHECK(import_error(tensors) == "tensor 1.running_var of layer 1, BatchNorm2d should be 4 but is 4x1");

  tensors = good;
  find(tensors, "5.bias").values.pop_back();
  CHECK(import_error(tensors) == "tensor 5.bias of layer 5, Linear<5> should have 5 values but has 4");

  tensors = good;
  tensors.push_back(tensors.front());
  CHECK(import_error(tensors) == "tensor 0.weight of layer 0, Conv2d<4,3,Groups{2}> is given twice");

  CHECK(import_error({}) != "");
}

TEST_CASE("a convolution's weights are (out, in, kh, kw) outside") {
  using Convolution = Sequential<Shape{2, 3, 4}, Conv2d<3, Kernel{2, 3}>>;
  Model<Convolution, double, Reference, 1> model{seed(1)};
  Tensors tensors = model.export_tensors();
  for (auto& tensor : tensors) count_up(tensor.values);
  model.import_tensors(tensors);
  const auto image = Tensor<double, Shape{2, 3, 4}>::generate(
      [](index_t c, index_t h, index_t w) { return static_cast<double>((c * 7 + h * 5 + w * 3) % 11); });
  Batch<double, Shape{2, 3, 4}, 1> batch;
  to_channels_last(image, batch.view(), 0);
  const auto got = from_channels_last(model.evaluate(batch), 0);

  const auto weight = Tensor<double, Shape{3, 2, 2, 3}>::from(tensors[0].values);
  for (index_t o = 0; o < 3; ++o) {
    for (index_t h = 0; h < 2; ++h) {
      for (index_t w = 0; w < 2; ++w) {
        double expected = tensors[1].values[o];
        for (index_t c = 0; c < 2; ++c) {
          for (index_t kh = 0; kh < 2; ++kh) {
            for (index_t kw = 0; kw < 3; ++kw) expected += image(c, h + kh, w + kw) * weight(o, c, kh, kw);
          }
        }
        CHECK(got(o, h, w) == expected);  // small integers: exact
      }
    }
  }
}

TEST_CASE_TEMPLATE("a Linear after a Flatten has (out, C·H·W) weights outside", Between, Block<>, Block<ReLU>, Block<Dropout<50>>,
                   Block<Dropout<50>, ReLU, Flatten>) {
  constexpr Shape shape{3, 2, 4};
  using Flat = Sequential<shape, Flatten, Between, Linear<2>>;
  Model<Flat, double, Reference, 2> model{seed(1)};
  Tensors tensors = model.export_tensors();
  for (auto& tensor : tensors) count_up(tensor.values);
  model.import_tensors(tensors);
  Batch<double, shape, 2> batch;
  for (index_t row = 0; row < 2; ++row) {
    const auto image = Tensor<double, shape>::generate(
        [&](index_t c, index_t h, index_t w) { return static_cast<double>((c * 13 + h * 7 + w * 3 + row) % 10); });
    to_channels_last(image, batch.view(), row);
  }
  const auto got = model.evaluate(batch);
  for (index_t row = 0; row < 2; ++row) {
    const auto image = from_channels_last(batch.view(), row);  // row-major: PyTorch's order of features
    for (index_t out = 0; out < 2; ++out) {
      double expected = tensors[1].values[out];
      for (index_t i = 0; i < shape.size(); ++i) expected += image.data()[i] * tensors[0].values[out * shape.size() + i];
      CHECK(got.row(row)[out] == expected);  // small integers: exact
    }
  }
}

namespace {

/// y = (x − mean) / √(variance + eps) · weight + bias of one sample's values, in PyTorch's order.
std::vector<double> layer_normalized(const std::vector<double>& x, const std::vector<double>& weight, const std::vector<double>& bias) {
  const double n = static_cast<double>(x.size());
  double mean = 0, variance = 0;
  for (const double value : x) mean += value / n;
  for (const double value : x) variance += (value - mean) * (value - mean) / n;
  std::vector<double> y(x.size());
  for (index_t i = 0; i < x.size(); ++i) y[i] = (x[i] - mean) / std::sqrt(variance + 1e-5) * weight[i] + bias[i];
  return y;
}

}  // namespace

TEST_CASE_TEMPLATE("a norm's elements are PyTorch's outside, of an image or behind a Flatten", Norm, Block<LayerNorm, Reshape<24>>,
                   Block<Flatten, LayerNorm, Reshape<24>>, Block<Flatten, ReLU, BatchNorm1d, Reshape<24>>) {
  constexpr Shape shape{3, 2, 4};
  using Normed = Sequential<shape, Norm>;
  Model<Normed, double, Reference, 1> model{seed(1)};
  Tensors tensors = model.export_tensors();
  for (auto& tensor : tensors) count_up(tensor.values);
  model.import_tensors(tensors);
  CHECK(model.export_tensors().front().values == tensors.front().values);

  const auto image = Tensor<double, shape>::generate(
      [](index_t c, index_t h, index_t w) { return static_cast<double>((c * 13 + h * 7 + w * 3) % 10); });
  Batch<double, shape, 1> batch;
  to_channels_last(image, batch.view(), 0);
  std::vector<double> expected(image.data(), image.data() + shape.size());
  const std::vector<double>&weight = tensors[0].values, &bias = tensors[1].values;
  if (tensors.size() == 2) {
    expected = layer_normalized(expected, weight, bias);
  } else {
    const std::vector<double>&mean = tensors[2].values, &variance = tensors[3].values;
    for (index_t i = 0; i < expected.size(); ++i) {
      expected[i] = (expected[i] - mean[i]) / std::sqrt(variance[i] + 1e-5) * weight[i] + bias[i];
    }
  }
  const auto got = model.evaluate(batch);
  for (index_t i = 0; i < expected.size(); ++i) CHECK(got.data[i] == doctest::Approx(expected[i]).epsilon(1e-13));
}

TEST_CASE_TEMPLATE("a view keeps PyTorch's order", Between, Block<Reshape<4, 3, 2>, Reshape<24>>,
                   Block<Flatten, Reshape<4, 3, 2>, Reshape<24>>, Block<Reshape<6, 4>, Reshape<2, 3, 4>, ReLU, Reshape<24>>, Block<Flatten, Dropout<50>, Reshape<24>>) {
  constexpr Shape shape{2, 3, 4};
  Model<Sequential<shape, Between>, double, Reference, 1> model{seed(1)};
  Tensor<double, shape> image;
  for (index_t i = 0; i < shape.size(); ++i) image.data()[i] = static_cast<double>(i);
  Batch<double, shape, 1> batch;
  to_channels_last(image, batch.view(), 0);
  const auto got = model.evaluate(batch);
  for (index_t i = 0; i < shape.size(); ++i) CHECK(got.data[i] == static_cast<double>(i));
}
