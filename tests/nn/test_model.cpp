/// Model: training and inference modes, errors, determinism.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;

namespace {

using Net = Sequential<Shape{2, 4, 4}, Conv2d<3, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Flatten, Linear<6>, ReLU, Dropout<50>,
                       Linear<4>>;
using NetModel = Model<Net, double, Reference, 8>;

template <Shape Sample, index_t Rows>
Batch<double, Sample, Rows> random_batch(std::uint64_t seed, index_t rows = Rows) {
  Batch<double, Sample, Rows> batch(rows);
  Random random(seed, 77);
  for (index_t i = 0; i < Rows * Sample.size(); ++i) batch.data()[i] = static_cast<double>(random.normal());
  return batch;
}

template <class T, Shape Sample>
std::vector<double> copied(BatchView<T, Sample> view) {
  return {view.data, view.data + view.rows * Sample.size()};
}

std::vector<double> copied(std::span<const double> span) { return {span.begin(), span.end()}; }

}  // namespace

TEST_CASE("batches without rows or with too many are refused") {
  NetModel model{seed(1)};
  auto batch = random_batch<Net::input_shape, 8>(1);
  batch.resize(0);
  CHECK_THROWS_WITH_AS(model.evaluate(batch), "the model expects batches of 1 to 8 rows but got 0", Error);
  const std::vector<double> many(9 * Net::input_shape.size());
  const BatchView<const double, Net::input_shape> nine{many.data(), 9};
  CHECK_THROWS_WITH_AS(model.evaluate(nine), "the model expects batches of 1 to 8 rows but got 9", Error);
  CHECK_THROWS_AS(model.forward(nine), Error);
}

TEST_CASE("labels must be as many as rows, and classes") {
  NetModel model{seed(1)};
  const auto batch = random_batch<Net::input_shape, 8>(1, 3);
  const CrossEntropy<4> loss;
  CHECK_THROWS_WITH_AS(model.loss(batch, std::vector<std::int32_t>{0, 1}, loss), "the loss expects 3 labels but got 2", Error);
  CHECK_THROWS_WITH_AS(model.loss(batch, std::vector<std::int32_t>{0, 4, 1}, loss),
                       "label 1 of the batch should be a class from 0 to 3 but is 4", Error);
  const auto buffers = copied(model.buffers());
  CHECK_THROWS_WITH_AS(model.forward_backward(batch, std::vector<std::int32_t>{0, 1, -1}, loss),
                       "label 2 of the batch should be a class from 0 to 3 but is -1", Error);
  CHECK(copied(model.buffers()) == buffers);  // nothing has moved
  CHECK(model.forward_passes() == 0);
}

TEST_CASE("a loss that makes no sense is refused before anything moves") {
  NetModel model{seed(1)};
  const auto batch = random_batch<Net::input_shape, 8>(1, 1);
  const std::vector<std::int32_t> labels{0};
  CrossEntropy<4> loss;
  loss.label_smoothing = 1.5;
  CHECK_THROWS_WITH_AS(model.forward_backward(batch, labels, loss), "the loss expects a label smoothing from 0 to 1 but got 1.5", Error);
  loss = {};
  loss.class_weights[2] = -1;
  CHECK_THROWS_WITH_AS(model.forward_backward(batch, labels, loss), "the loss expects class weights of 0 or more but got -1", Error);
  CHECK(model.forward_passes() == 0);
}

template <class Samples>
concept ForwardTakes = requires(NetModel model, Samples&& samples) { model.forward(std::forward<Samples>(samples)); };
static_assert(ForwardTakes<Batch<double, Net::input_shape, 8>&> && ForwardTakes<BatchView<const double, Net::input_shape>>);
static_assert(!ForwardTakes<Batch<double, Net::input_shape, 8>>, "a temporary would be gone before backward reads it");

TEST_CASE("backward wants the gradient of the last forward pass, once") {
  NetModel model{seed(1)};
  const auto batch = random_batch<Net::input_shape, 8>(1, 3);
  const auto gradient = random_batch<Shape{4}, 8>(2, 3);
  CHECK_THROWS_WITH_AS(model.backward(gradient.view()), "backward expects a forward pass in training mode right before it", Error);
  model.forward(batch);
  const auto of_two = random_batch<Shape{4}, 8>(2, 2);
  CHECK_THROWS_WITH_AS(model.backward(of_two.view()), "backward expects the gradient of the last forward's 3 rows but got 2", Error);
  model.backward(gradient.view());
  CHECK_THROWS_AS(model.backward(gradient.view()), Error);
  model.forward(batch);
  model.evaluate(batch);  // overwrites what backward would need
  CHECK_THROWS_AS(model.backward(gradient.view()), Error);
}

TEST_CASE("a row's output in inference doesn't depend on its batch") {
  NetModel model{seed(1)};
  const auto batch = random_batch<Net::input_shape, 8>(3);
  model.forward(batch);
  const std::vector<double> all = copied(model.evaluate(batch));
  for (index_t row = 0; row < 8; ++row) {
    const BatchView<const double, Net::input_shape> alone{batch.row(row), 1};
    const auto output = model.evaluate(alone);
    REQUIRE(output.rows == 1);
    for (index_t i = 0; i < 4; ++i) CHECK(output.data[i] == all[row * 4 + i]);
  }
}

TEST_CASE("inference changes nothing and is the same every time") {
  NetModel model{seed(1)};
  const auto batch = random_batch<Net::input_shape, 8>(3);
  model.forward(batch);
  const auto buffers = copied(model.buffers());
  const std::uint64_t passes = model.forward_passes();
  const auto first = copied(model.evaluate(batch)), second = copied(model.evaluate(batch));
  CHECK(first == second);
  CHECK(copied(model.buffers()) == buffers);
  CHECK(model.forward_passes() == passes);
}

TEST_CASE("the same seed trains the same bits; another seed doesn't") {
  const auto train = [](std::uint64_t number) {
    NetModel model{seed(number)};
    const auto batch = random_batch<Net::input_shape, 8>(3);
    const std::vector<std::int32_t> labels{0, 1, 2, 3, 0, 1, 2, 3};
    for (int i = 0; i < 3; ++i) {
      model.forward_backward(batch, labels, CrossEntropy<4>{});
      for (index_t p = 0; p < model.parameters().size(); ++p) model.parameters()[p] -= 0.1 * model.gradients()[p];
    }
    CHECK(model.forward_passes() == 3);
    return copied(model.parameters());
  };
  CHECK(train(1) == train(1));
  CHECK(train(1) != train(2));
}

TEST_CASE("restoring the number of passes restores the dropout masks") {
  NetModel model{seed(1)};
  const auto batch = random_batch<Net::input_shape, 8>(3);
  const auto first = copied(model.forward(batch)), second = copied(model.forward(batch));
  CHECK(first != second);
  model.set_forward_passes(0);
  CHECK(copied(model.forward(batch)) == first);
  CHECK(copied(model.forward(batch)) == second);
}

TEST_CASE("dropout zeroes its share in training, scales the rest, and is nothing in inference") {
  using Dropping = Sequential<Shape{1000}, Dropout<25>>;
  Model<Dropping, double, Reference, 8> model{seed(1)};
  const auto batch = random_batch<Shape{1000}, 8>(3);
  const auto x = copied(batch.view());
  CHECK(copied(model.evaluate(batch)) == x);
  const auto y = copied(model.forward(batch));
  index_t zeros = 0, wrong = 0;
  for (index_t i = 0; i < x.size(); ++i) {
    zeros += y[i] == 0 ? 1 : 0;
    wrong += y[i] != 0 && std::abs(y[i] - x[i] / 0.75) > 1e-15 * std::abs(x[i]) * 4 ? 1 : 0;
  }
  CHECK(wrong == 0);
  CHECK(std::abs(static_cast<double>(zeros) - 2000) < 5 * std::sqrt(8000 * 0.25 * 0.75));  // five standard deviations
}

TEST_CASE("dropout's gradient passes where its values passed") {
  using Dropping = Sequential<Shape{3}, Linear<100>, Dropout<50>>;
  Model<Dropping, double, Reference, 1> model{seed(1)};
  const auto batch = random_batch<Shape{3}, 1>(3);  // backward reads it again
  const auto y = copied(model.forward(batch));
  Batch<double, Shape{100}, 1> ones;
  std::fill_n(ones.data(), 100, 1.0);
  model.backward(ones.view());
  const auto gradients = model.export_gradients();
  REQUIRE(gradients[1].name == "0.bias");
  for (index_t i = 0; i < 100; ++i) CHECK(gradients[1].values[i] == (y[i] == 0 ? 0 : 2));
}

TEST_CASE("running statistics move as PyTorch's") {
  using Norm = Sequential<Shape{1, 1, 2}, BatchNorm2dWith<Momentum{0.25}, Eps{0.5}>>;
  Model<Norm, double, Reference, 2> model{seed(1)};
  Batch<double, Shape{1, 1, 2}, 2> batch;
  const double values[] = {1, 2, 3, 6};  // mean 3, biased variance 3.5, unbiased 14/3
  std::copy_n(values, 4, batch.data());
  const auto y = copied(model.forward(batch));
  for (index_t i = 0; i < 4; ++i) CHECK(y[i] == doctest::Approx((values[i] - 3) / 2).epsilon(1e-14));  // √(3.5 + 0.5) = 2
  const auto tensors = model.export_tensors();
  REQUIRE(tensors[2].name == "0.running_mean");
  CHECK(tensors[2].values[0] == doctest::Approx(0.25 * 3).epsilon(1e-14));
  CHECK(tensors[3].values[0] == doctest::Approx(0.75 * 1 + 0.25 * 14 / 3).epsilon(1e-14));
  const auto inference = copied(model.evaluate(batch));
  for (index_t i = 0; i < 4; ++i) {
    CHECK(inference[i] == doctest::Approx((values[i] - 0.75) / std::sqrt(0.75 + 3.5 / 3 + 0.5)).epsilon(1e-14));
  }
}

TEST_CASE("the loss is the weighted mean that PyTorch defines") {
  using Identity = Sequential<Shape{3}, Dropout<0>>;
  Model<Identity, double, Reference, 2> model{seed(1)};
  Batch<double, Shape{3}, 2> logits;
  const double values[] = {1, 2, 3, 0, 0, 0};
  std::copy_n(values, 6, logits.data());
  const double normalizer = std::log(std::exp(1.0) + std::exp(2.0) + std::exp(3.0));
  const LossSums sums = model.loss(logits, std::vector<std::int32_t>{2, 0}, CrossEntropy<3>{.class_weights = {1, 2, 4}});
  CHECK(sums.weight == 5);
  CHECK(sums.loss == doctest::Approx(4 * (normalizer - 3) + 1 * std::log(3.0)).epsilon(1e-14));
  CHECK(sums.correct == 2);  // of equal logits the first counts
  const LossSums smooth = model.loss(logits, std::vector<std::int32_t>{0, 1}, CrossEntropy<3>{.label_smoothing = 0.3});
  const double first = 0.7 * (normalizer - 1) + 0.1 * (3 * normalizer - 6);
  CHECK(smooth.loss == doctest::Approx(first + std::log(3.0)).epsilon(1e-14));
  CHECK(smooth.weight == 2);
  CHECK(smooth.correct == 0);
}

TEST_CASE("softmax sums to one, however large the logits") {
  using Identity = Sequential<Shape{3}, Dropout<0>>;
  Model<Identity, double, Reference, 2> model{seed(1)};
  Batch<double, Shape{3}, 2> logits;
  const double values[] = {1000, 1001, 999, -2000, -2000, -2000};
  std::copy_n(values, 6, logits.data());
  double p[6];
  model.softmax(model.evaluate(logits), p);
  constexpr double tolerance = 2000 * 4 * std::numeric_limits<double>::epsilon();  // a logit's rounding is the exponential's error
  CHECK(std::abs(p[0] + p[1] + p[2] - 1) < tolerance);
  CHECK(std::abs(p[1] / p[0] - std::exp(1.0)) < 3 * tolerance);
  CHECK(std::abs(p[3] - 1.0 / 3) < tolerance);
}

TEST_CASE("a value that isn't finite is found, with its layer, and leaves the gradients alone") {
  NetModel model{seed(1)};
  const auto batch = random_batch<Net::input_shape, 8>(3);
  const std::vector<std::int32_t> labels(8);
  model.forward_backward(batch, labels, CrossEntropy<4>{});
  CHECK_FALSE(model.first_non_finite().has_value());
  const auto gradients = copied(model.gradients());
  auto tensors = model.export_tensors();
  REQUIRE(tensors.back().name == "8.bias");
  tensors.back().values[1] = std::numeric_limits<double>::quiet_NaN();
  model.import_tensors(tensors);
  const LossSums sums = model.forward_backward(batch, labels, CrossEntropy<4>{});
  CHECK_FALSE(std::isfinite(sums.loss));
  CHECK(model.first_non_finite() == "layer 8, Linear<4>");
  CHECK(copied(model.gradients()) == gradients);
  tensors.front().values[0] = std::numeric_limits<double>::infinity();
  model.import_tensors(tensors);
  model.forward(batch);
  CHECK(model.first_non_finite() == "layer 0, Conv2d<3,3,Padding{1}>");
  tensors = NetModel{seed(1)}.export_tensors();
  REQUIRE(tensors[6].name == "5.weight");
  tensors[6].values[0] = std::numeric_limits<double>::infinity();
  model.import_tensors(tensors);
  model.forward(batch);
  CHECK(model.first_non_finite() == "layer 5, Linear<6>");  // and not the Flatten before it, which owns nothing
}

TEST_CASE("a model moves") {
  NetModel model{seed(1)};
  const auto batch = random_batch<Net::input_shape, 8>(3);
  const auto expected = copied(model.evaluate(batch));
  NetModel moved = std::move(model);
  CHECK(copied(moved.evaluate(batch)) == expected);
}
