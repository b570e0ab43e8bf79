/// Losses in a model: targets, their shapes and what is refused; the mean's definition, by hand.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "taut/device/cpu.hpp"
#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/bce_with_logits.hpp"
#include "taut/nn/huber.hpp"
#include "taut/nn/model.hpp"
#include "taut/nn/mse.hpp"
#include "taut/nn/soft_cross_entropy.hpp"

using namespace taut;

namespace {

using Net = Sequential<Shape{2}, Linear<3>>;
template <class D>
using NetModel = Model<Net, double, D, 4>;

static_assert(Loss<CrossEntropy<3>, float, Cpu<>, Shape{3}> && Loss<SoftCrossEntropy<3>, double, Reference, Shape{3}>);
static_assert(Loss<MSE, float, Cpu<>, Shape{3}> && Loss<Huber, double, Reference, Shape{3, 4, 5}> && Loss<BCEWithLogits<3>, float, Cpu<>, Shape{3}>);
static_assert(!Loss<int, float, Cpu<>, Shape{3}>);
static_assert(BCEWithLogits<3>::accepts(Shape{3}) && BCEWithLogits<3>::accepts(Shape{3, 8, 8}) && !BCEWithLogits<3>::accepts(Shape{8, 3, 3}));

/// Outputs are the bias: (0.5, -1, 2) in every row.
template <class D>
NetModel<D> constant_model() {
  NetModel<D> model{seed(1)};
  model.import_tensors(std::vector<NamedTensor<double>>{{"0.weight", {3, 2}, std::vector<double>(6)}, {"0.bias", {3}, {0.5, -1, 2}}});
  return model;
}

const Batch<double, Shape{2}, 4> samples(2);

Batch<double, Shape{3}, 4> targets_of(std::vector<double> values) {
  Batch<double, Shape{3}, 4> targets(values.size() / 3);
  std::ranges::copy(values, targets.data());
  return targets;
}

}  // namespace

TEST_CASE_TEMPLATE("means are over elements, or rows, as PyTorch's", D, Reference, Cpu<>) {
  NetModel<D> model = constant_model<D>();
  const auto targets = targets_of({0, 0, 1, 0.5, 0.25, 0.25});
  const LossSums mse = model.loss(samples, targets, MSE{});
  CHECK(mse.weight == 6);
  CHECK(mse.loss == doctest::Approx(0.25 + 1 + 1 + 0 + 1.5625 + 3.0625).epsilon(1e-15));
  const LossSums huber = model.loss(samples, targets, Huber{.delta = 0.75});
  CHECK(huber.weight == 6);
  CHECK(huber.loss == doctest::Approx(0.125 + 2 * 0.75 * (1 - 0.375) + 0.75 * (1.25 - 0.375) + 0.75 * (1.75 - 0.375)).epsilon(1e-15));
  const LossSums soft = model.loss(samples, targets, SoftCrossEntropy<3>{});
  CHECK(soft.weight == 2);
  const double normalizer = std::log(std::exp(0.5) + std::exp(-1.0) + std::exp(2.0));
  CHECK(soft.loss == doctest::Approx(normalizer - 2 + normalizer - (0.5 * 0.5 - 0.25 + 0.25 * 2)).epsilon(1e-14));
  CHECK(soft.correct == 1);
  const auto softplus = [](double z) { return std::log1p(std::exp(z)); };
  const LossSums binary = model.loss(samples, targets, BCEWithLogits<3>{.pos_weight = {1, 1, 5}});
  CHECK(binary.weight == 6);
  CHECK(binary.loss == doctest::Approx(softplus(0.5) + softplus(-1) + 5 * softplus(-2) + 0.5 * softplus(-0.5) + 0.5 * softplus(0.5) +
                                       0.25 * softplus(1) + 0.75 * softplus(-1) + 1.25 * softplus(-2) + 0.75 * softplus(2))
                             .epsilon(1e-14));
}

TEST_CASE("probabilities of one class are that class") {
  NetModel<Cpu<>> model = constant_model<Cpu<>>();
  const CrossEntropy<3> hard{.label_smoothing = 0.1};
  const SoftCrossEntropy<3> soft{.label_smoothing = 0.1};
  const LossSums a = model.forward_backward(samples, std::vector<std::int32_t>{2, 1}, hard);
  const std::vector<double> gradients(model.gradients().begin(), model.gradients().end());
  const LossSums b = model.forward_backward(samples, targets_of({0, 0, 1, 0, 1, 0}), soft);
  CHECK(b.loss / b.weight == doctest::Approx(a.loss / a.weight).epsilon(1e-14));
  CHECK(a.correct == b.correct);
  for (index_t i = 0; i < gradients.size(); ++i) CHECK(model.gradients()[i] == doctest::Approx(gradients[i]).epsilon(1e-13));
}

TEST_CASE("targets come as a batch, a view, or a pointer with rows") {
  NetModel<Cpu<>> model = constant_model<Cpu<>>();
  auto targets = targets_of({0, 0, 1, 0.5, 0.25, 0.25});
  const double expected = model.loss(samples, targets, MSE{}).loss;
  CHECK(model.loss(samples, targets.view(), MSE{}).loss == expected);
  CHECK(model.loss(samples, {targets.data(), 2}, MSE{}).loss == expected);
  CHECK(model.forward_backward(samples, {targets.data(), 2}, MSE{}).loss == expected);
}

TEST_CASE("targets and options that make no sense are refused before anything moves") {
  NetModel<Cpu<>> model = constant_model<Cpu<>>();
  const auto one = targets_of({0, 0, 1});
  CHECK_THROWS_WITH_AS(model.forward_backward(samples, one, MSE{}), "the loss expects targets of 2 rows but got 1", Error);
  CHECK_THROWS_WITH_AS(model.loss(samples, one, Huber{}), "the loss expects targets of 2 rows but got 1", Error);
  const auto two = targets_of({0, 0, 1, 0.5, -0.5, 1});
  CHECK_THROWS_WITH_AS(model.forward_backward(samples, two, BCEWithLogits<3>{}),
                       "row 1 of the targets should hold numbers from 0 to 1 but has -0.5", Error);
  CHECK_THROWS_WITH_AS(model.forward_backward(samples, two, SoftCrossEntropy<3>{}),
                       "row 1 of the targets should hold probabilities but is -0.5 for class 1", Error);
  CHECK_THROWS_AS(model.loss(samples, targets_of({0, 0, 1, 2, 0, 0}), BCEWithLogits<3>{}), Error);
  CHECK_THROWS_AS(model.loss(samples, targets_of({0, 0, 1, std::numeric_limits<double>::quiet_NaN(), 0, 0}), BCEWithLogits<3>{}), Error);
  CHECK_THROWS_AS(model.loss(samples, targets_of({0, 0, 1, std::numeric_limits<double>::infinity(), 0, 0}), SoftCrossEntropy<3>{}), Error);
  const auto good = targets_of({0, 0, 1, 0, 1, 0});
  CHECK_THROWS_WITH_AS(model.forward_backward(samples, good, Huber{.delta = 0}), "the loss expects a delta above 0 but got 0", Error);
  CHECK_THROWS_WITH_AS(model.forward_backward(samples, good, BCEWithLogits<3>{.pos_weight = {1, -2, 1}}),
                       "the loss expects pos_weight of 0 or more but got -2", Error);
  CHECK_THROWS_WITH_AS(model.forward_backward(samples, good, SoftCrossEntropy<3>{.label_smoothing = 2}),
                       "the loss expects a label smoothing from 0 to 1 but got 2", Error);
  CHECK_THROWS_AS(model.forward_backward(samples, good, SoftCrossEntropy<3>{.class_weights = {1, -1, 1}}), Error);
  CHECK(model.forward_passes() == 0);
}

TEST_CASE("the target of an image lies channels last, as the output does") {
  using Pixels = Sequential<Shape{1, 2, 2}, Conv2d<2, 1, NoBias{}>>;
  Model<Pixels, double, Cpu<>, 2> model{seed(1)};
  model.import_tensors(std::vector<NamedTensor<double>>{{"0.weight", {2, 1, 1, 1}, {1, 10}}});
  Batch<double, Shape{1, 2, 2}, 2> image(1);
  Batch<double, Shape{2, 2, 2}, 2> targets(1);
  for (index_t pixel = 0; pixel < 4; ++pixel) {
    image.data()[pixel] = targets.data()[2 * pixel] = static_cast<double>(pixel);
    targets.data()[2 * pixel + 1] = 10 * static_cast<double>(pixel);
  }
  CHECK(model.loss(image, targets, MSE{}).loss == 0);
  // pos_weight is a channel's: with targets of 1 and logits of 0 each pixel costs log 2 times it.
  model.import_tensors(std::vector<NamedTensor<double>>{{"0.weight", {2, 1, 1, 1}, {0, 0}}});
  std::fill_n(targets.data(), 8, 0.0);
  for (index_t pixel = 0; pixel < 4; ++pixel) targets.data()[2 * pixel] = 1;
  CHECK(model.loss(image, targets, BCEWithLogits<2>{.pos_weight = {3, 7}}).loss == doctest::Approx((4 * 3 + 4) * std::log(2)).epsilon(1e-14));
}
