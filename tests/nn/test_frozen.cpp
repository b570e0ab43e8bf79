/// Frozen parameters: what stays, what still learns, and what a frozen batch norm does.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "taut/device/cpu.hpp"
#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"
#include "taut/nn/mse.hpp"

using namespace taut;

namespace {

using Features = Block<Conv2d<3, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Conv2d<4, 3>, BatchNorm2d, ReLU>;
using Net = Sequential<Shape{2, 8, 8}, Features, Flatten, Linear<6>, ReLU, Linear<3>>;
template <class D>
using NetModel = Model<Net, double, D, 8>;

static_assert(is_under("0.weight", "0.weight") && is_under("0.weight", "0") && is_under("0.weight", "0.") && is_under("0.weight", ""));
static_assert(is_under("12.body.0.bias", "12.body") && is_under("12.body.0.bias", "12.body."));
static_assert(!is_under("0.weight", "0.w") && !is_under("10.weight", "1") && !is_under("1.weight", "10") && !is_under("1.weight", "1.weight.x"));

template <Shape Sample>
Batch<double, Sample, 8> random_batch(std::uint64_t seed, index_t rows = 8) {
  Batch<double, Sample, 8> batch(rows);
  Random random(seed, 78);
  for (index_t i = 0; i < 8 * Sample.size(); ++i) batch.data()[i] = static_cast<double>(random.normal());
  return batch;
}

const std::vector<std::int32_t> labels{0, 1, 2, 0, 1, 2, 0, 1};

std::vector<double> copied(std::span<const double> span) { return {span.begin(), span.end()}; }

/// The gradient of each parameter by its name; all zero or not.
template <class M>
bool has_gradient(const M& model, const std::string& name) {
  for (const NamedTensor<double>& gradient : model.export_gradients()) {
    if (gradient.name == name) return std::ranges::any_of(gradient.values, [](double value) { return value != 0; });
  }
  FAIL(name);
  return false;
}

/// Running statistics that are no defaults.
template <class M>
void settle(M& model) {
  for (std::uint64_t i = 0; i < 3; ++i) model.forward_backward(random_batch<Net::input_shape>(i), labels, CrossEntropy<3>{});
}

}  // namespace

TEST_CASE_TEMPLATE("frozen layers have no gradients and the others the ones they had", D, Reference, Cpu<>) {
  NetModel<D> model{seed(1)};
  settle(model);
  const auto batch = random_batch<Net::input_shape>(9);
  model.forward_backward(batch, labels, CrossEntropy<3>{});
  const auto before = model.export_gradients();

  model.freeze("0");
  model.freeze("4.weight");
  model.freeze("8.bias");
  CHECK(model.frozen() == std::vector<std::string>{"0.weight", "0.bias", "4.weight", "8.bias"});
  CHECK(!has_gradient(model, "4.weight"));  // at once
  model.forward_backward(batch, labels, CrossEntropy<3>{});
  const auto after = model.export_gradients();
  for (std::size_t i = 0; i < after.size(); ++i) {
    CAPTURE(after[i].name);
    const bool frozen = std::ranges::count(model.frozen(), after[i].name) != 0;
    CHECK((after[i].values == before[i].values) != frozen);
    CHECK(has_gradient(model, after[i].name) != frozen);
  }

  model.unfreeze();
  CHECK(model.frozen().empty());
  model.forward_backward(batch, labels, CrossEntropy<3>{});
  const auto again = model.export_gradients();
  for (std::size_t i = 0; i < again.size(); ++i) CHECK(again[i].values == before[i].values);
}

TEST_CASE_TEMPLATE("a frozen batch norm keeps its statistics and normalises by them, others don't", D, Reference, Cpu<>) {
  NetModel<D> model{seed(1)};
  settle(model);
  const auto batch = random_batch<Net::input_shape>(9);
  const std::vector<double> buffers = copied(model.buffers());

  model.freeze("1.weight");  // half of a norm is no frozen norm
  model.forward(batch);
  const std::vector<double> moved = copied(model.buffers());
  CHECK(moved != buffers);

  model.freeze("1");
  model.freeze("5");
  model.forward(batch);
  CHECK(copied(model.buffers()) == moved);
  const auto trained = copied({model.output().data, 8 * 3});
  model.evaluate(batch);
  CHECK(copied({model.output().data, 8 * 3}) == trained);  // no dropout: training and inference are the same

  model.unfreeze("5");
  model.forward(batch);
  std::vector<std::string> changed;
  std::ranges::copy(moved, model.buffers().begin());
  const auto kept = model.export_tensors();
  model.forward(batch);
  const auto now = model.export_tensors();
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i].values != kept[i].values) changed.push_back(now[i].name);
  }
  CHECK(changed == std::vector<std::string>{"5.running_mean", "5.running_var"});
}

TEST_CASE_TEMPLATE("a head on frozen features learns what it would learn from the features alone", D, Reference, Cpu<>) {
  using Head = Sequential<Shape{16}, Linear<6>, ReLU, Linear<3>>;
  using Body = Sequential<Shape{2, 8, 8}, Features>;
  NetModel<D> model{seed(1)};
  settle(model);
  Model<Body, double, D, 8> body{seed(2)};
  Model<Head, double, D, 8> head{seed(3)};
  std::vector<NamedTensor<double>> of_body, of_head;
  for (NamedTensor<double>& tensor : model.export_tensors()) {
    const index_t layer = static_cast<index_t>(tensor.name[0] - '0');
    if (tensor.name.starts_with("10")) {
      tensor.name = "2" + tensor.name.substr(2);
    } else if (layer == 8) {
      tensor.name = "0" + tensor.name.substr(1);
    } else {
      of_body.push_back(tensor);
      continue;
    }
    of_head.push_back(tensor);
  }
  body.import_tensors(of_body);
  // Behind a Flatten the weights are permuted where they are exported: the head alone must see the features in PyTorch's order.
  head.import_tensors(of_head);
  const auto batch = random_batch<Net::input_shape>(9);
  const auto features = body.evaluate(batch);
  Batch<double, Shape{16}, 8> turned;
  for (index_t row = 0; row < 8; ++row) {
    for (index_t channel = 0; channel < 4; ++channel) {
      for (index_t pixel = 0; pixel < 4; ++pixel) turned.row(row)[channel * 4 + pixel] = features.row(row)[pixel * 4 + channel];
    }
  }
  model.freeze();
  model.unfreeze("8");
  model.unfreeze("10");
  const LossSums whole = model.forward_backward(batch, labels, CrossEntropy<3>{});
  const LossSums alone = head.forward_backward(turned, labels, CrossEntropy<3>{});
  CHECK(whole.loss == doctest::Approx(alone.loss).epsilon(1e-13));
  const auto expected = head.export_gradients();
  std::size_t next = 0;
  for (const NamedTensor<double>& gradient : model.export_gradients()) {
    CAPTURE(gradient.name);
    if (!gradient.name.starts_with("8") && !gradient.name.starts_with("10")) {
      CHECK(!has_gradient(model, gradient.name));
      continue;
    }
    REQUIRE(next < expected.size());
    for (index_t i = 0; i < gradient.values.size(); ++i) {
      CHECK(std::abs(gradient.values[i] - expected[next].values[i]) <= 1e-13);  // sums of 16 and 8 terms near 1
    }
    ++next;
  }
  CHECK(next == expected.size());
}

TEST_CASE("with everything frozen nothing has a gradient, and the loss is still told") {
  NetModel<Reference> model{seed(1)};
  settle(model);
  model.freeze();
  CHECK(model.trainable_spans().empty());
  CHECK(model.forward_backward(random_batch<Net::input_shape>(9), labels, CrossEntropy<3>{}).loss > 0);
  CHECK(std::ranges::all_of(model.gradients(), [](double gradient) { return gradient == 0; }));
}

TEST_CASE("trainable spans cover what isn't frozen, whole where nothing is") {
  NetModel<Reference> model{seed(1)};
  REQUIRE(model.trainable_spans().size() == 1);
  CHECK(model.trainable_spans()[0].begin == 0);
  CHECK(model.trainable_spans()[0].end == model.parameters().size());
  model.freeze("4.");
  REQUIRE(model.trainable_spans().size() == 2);
  CHECK(model.trainable_spans()[0].end < model.trainable_spans()[1].begin);
  CHECK(model.trainable_spans()[1].end == model.parameters().size());
}

TEST_CASE("a name that no parameter has is refused, and nothing changes") {
  NetModel<Reference> model{seed(1)};
  CHECK_THROWS_WITH_AS(model.freeze("2"), "the network has no parameter under the name \"2\"", Error);
  CHECK_THROWS_WITH_AS(model.freeze("1.running_mean"), "the network has no parameter under the name \"1.running_mean\"", Error);
  CHECK_THROWS_AS(model.unfreeze("0.weigh"), Error);
  CHECK(model.frozen().empty());
}

TEST_CASE_TEMPLATE("in branches and around other layers, too, what is frozen has no gradient and the rest its own", D, Reference, Cpu<>) {
  using Branched = Sequential<Shape{2, 6, 6}, Parallel<Conv2d<4, 3, Padding{1}>, Conv2d<4, 1>>, GroupNorm<2>, ReLU,
                              Residual<Conv2d<8, 3, Padding{1}>>, ConvTranspose2d<3, 2>, Flatten, Linear<3>>;
  Model<Branched, double, D, 8> model{seed(1)};
  const auto batch = random_batch<Branched::input_shape>(9);
  model.forward_backward(batch, labels, CrossEntropy<3>{});
  const auto before = model.export_gradients();
  std::vector<std::string> names;
  for (const NamedTensor<double>& gradient : before) names.push_back(gradient.name);
  for (const std::string& name : names) {
    if (!name.ends_with(".weight")) continue;
    CAPTURE(name);
    model.unfreeze();
    model.freeze(name.substr(0, name.size() - 7));
    model.forward_backward(batch, labels, CrossEntropy<3>{});
    const auto after = model.export_gradients();
    for (std::size_t i = 0; i < after.size(); ++i) {
      CAPTURE(after[i].name);
      const bool frozen = std::ranges::count(model.frozen(), after[i].name) != 0;
      CHECK(has_gradient(model, after[i].name) != frozen);
    }
  }
}
