/// Optimizers and gradient clipping, held to PyTorch's numbers in double (make_expected.py).
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "taut/device/reference.hpp"
#include "taut/train/adam.hpp"
#include "taut/train/clip_grad_norm.hpp"
#include "taut/train/rmsprop.hpp"
#include "taut/train/sgd.hpp"

namespace {

constexpr std::size_t count = 5;
using Numbers = std::array<double, count>;

constexpr Numbers sgd{0.29, -1.4000000000000001, 2.0, 0.0, 0.00085};
constexpr Numbers sgd_momentum{0.042204963181705045, -1.260949348789278, 1.7221457858126359, 0.0, 0.0006986175279650679};
constexpr Numbers sgd_nesterov{-0.16435579826558144, -1.4286364448546909, 1.759516309537753, 0.0, 0.000543947452785168};
constexpr Numbers adam{0.44089235375296365, -1.2246980896048607, 1.9769429326694585, 0.0, -0.004418479342386021};
constexpr Numbers adamw{0.4388808923819034, -1.2273816453500384, 1.974265677398657, 0.0, -0.041637267011865556};
constexpr Numbers rmsprop{0.3509306329375362, -1.2599829325410148, 1.9728767362842736, 0.0, -0.005242397373866612};
constexpr Numbers rmsprop_centered{-0.033782069551085606, -1.191103543474574, 1.9019776115929932, 0.0, -0.027716336215103485};
constexpr Numbers clipped{0.4611974297639385, -0.614929906351918, 1.844789719055754, 0.0, 0.07686623829398975};
constexpr double norm_before_clipping = 13.009611831257688;

/// Five parameters without a network.
struct Five {
  using Scalar = double;

  std::span<double> parameters() { return values; }
  std::span<const double> parameters() const { return values; }
  std::span<double> gradients() { return slopes; }
  std::span<const double> gradients() const { return slopes; }
  taut::Reference& device() { return reference; }

  void set_gradients(int step) { slopes = {0.1 * (step + 1), -0.5 + 0.3 * step, step % 2 == 0 ? 1.0 : -1.0, 0.0, 1e-4 * step}; }

  Numbers values{0.5, -1.25, 2.0, 0.0, 1e-3};
  Numbers slopes{};
  taut::Reference reference;
};

// Six steps, each a handful of roundings of numbers below 2 on both sides: some 64 half epsilons, and Adam's quotients lose a few bits.
constexpr double tolerance = 512 * 1.2e-16;

void check_near(const Numbers& found, const Numbers& expected) {
  for (std::size_t i = 0; i < count; ++i) {
    CAPTURE(i);
    CHECK(std::abs(found[i] - expected[i]) <= tolerance);
  }
}

/// Six steps; in their middle another optimizer takes over with nothing but the first one's state and memory.
template <class Make>
void check_optimizer(Make make, const Numbers& expected) {
  Five model;
  auto first = make(model);
  for (int step = 0; step < 3; ++step) {
    model.set_gradients(step);
    first.step(model);
  }
  taut::State state;
  first.save(state);
  auto second = make(model);
  second.restore(state);
  const auto from = first.memory(), to = second.memory();
  REQUIRE(from.size() == to.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    CHECK(from[i].name == to[i].name);
    std::copy(from[i].values.begin(), from[i].values.end(), to[i].values.begin());
  }
  for (int step = 3; step < 6; ++step) {
    model.set_gradients(step);
    second.step(model);
  }
  check_near(model.values, expected);
}

static_assert(taut::Optimizer<taut::Sgd<double>, Five>);
static_assert(taut::Optimizer<taut::Adam<double>, Five>);
static_assert(taut::Optimizer<taut::AdamW<double>, Five>);
static_assert(taut::Optimizer<taut::RMSprop<double>, Five>);

}  // namespace

TEST_CASE("optimizers move as PyTorch's do, also when they were interrupted") {
  SUBCASE("plain SGD") { check_optimizer([](Five& model) { return taut::Sgd(model, {.lr = 0.1}); }, sgd); }
  SUBCASE("SGD with momentum, dampening and weight decay") {
    check_optimizer([](Five& model) { return taut::Sgd(model, {.lr = 0.1, .momentum = 0.9, .dampening = 0.1, .weight_decay = 0.01}); },
                    sgd_momentum);
  }
  SUBCASE("SGD with Nesterov's momentum") {
    check_optimizer([](Five& model) { return taut::Sgd(model, {.lr = 0.1, .momentum = 0.9, .weight_decay = 0.01, .nesterov = true}); },
                    sgd_nesterov);
  }
  SUBCASE("Adam") { check_optimizer([](Five& model) { return taut::Adam(model, {.lr = 0.01, .weight_decay = 0.1}); }, adam); }
  SUBCASE("RMSprop") {
    check_optimizer([](Five& model) { return taut::RMSprop(model, {.lr = 0.01, .alpha = 0.9, .weight_decay = 0.1}); }, rmsprop);
  }
  SUBCASE("centered RMSprop with momentum") {
    check_optimizer(
        [](Five& model) { return taut::RMSprop(model, {.lr = 0.01, .alpha = 0.9, .eps = 1e-3, .momentum = 0.9, .centered = true}); },
        rmsprop_centered);
  }
  SUBCASE("AdamW") { check_optimizer([](Five& model) { return taut::AdamW(model, {.lr = 0.01, .weight_decay = 0.1}); }, adamw); }
}

TEST_CASE("a learning rate that was set is the one that counts") {
  Five model;
  taut::Sgd optimizer(model, {.lr = 100});
  optimizer.set_lr(0.5);
  CHECK(optimizer.lr() == 0.5);
  model.slopes = {1, 1, 1, 1, 1};
  optimizer.step(model);
  CHECK(model.values[0] == 0);
  CHECK(optimizer.memory().empty());
}

TEST_CASE("gradients are clipped as PyTorch clips them") {
  Five model;
  model.slopes = {3, -4, 12, 0, 0.5};
  CHECK(taut::clip_grad_norm(model, 2.0) == doctest::Approx(norm_before_clipping).epsilon(1e-15));
  check_near(model.slopes, clipped);
  const Numbers before = model.slopes;
  taut::clip_grad_norm(model, 3.0);  // short enough already
  CHECK(model.slopes == before);
  CHECK_THROWS_WITH_AS(taut::clip_grad_norm(model, 0), "clip_grad_norm: expected max_norm > 0, found 0", taut::Error);
}

TEST_CASE("options and models that don't fit are refused") {
  Five model;
  CHECK_THROWS_WITH_AS(taut::Sgd(model, {.lr = -1}), "Sgd: expected lr >= 0, found -1", taut::Error);
  CHECK_THROWS_AS(taut::Sgd(model, {.nesterov = true}), taut::Error);
  CHECK_THROWS_WITH_AS(taut::Adam(model, {.betas = {.first = 1}}), "Adam: expected betas.first in [0, 1), found 1", taut::Error);
  CHECK_THROWS_AS(taut::AdamW(model, {.weight_decay = -0.1}), taut::Error);
  CHECK_THROWS_WITH_AS(taut::RMSprop(model, {.alpha = 1}), "RMSprop: expected alpha in [0, 1), found 1", taut::Error);
  CHECK_THROWS_AS(taut::RMSprop(model, {.lr = -1}), taut::Error);
  CHECK_THROWS_AS(taut::RMSprop(model, {.eps = -1}), taut::Error);
  CHECK_THROWS_AS(taut::RMSprop(model, {.weight_decay = -1}), taut::Error);
  CHECK_THROWS_AS(taut::RMSprop(model, {.momentum = -1}), taut::Error);

  struct Two {
    using Scalar = double;
    std::span<double> parameters() { return values; }
    std::span<const double> gradients() const { return values; }
    taut::Reference& device() { return reference; }
    std::array<double, 2> values{};
    taut::Reference reference;
  } other;
  taut::Adam optimizer(model);
  CHECK_THROWS_WITH_AS(optimizer.step(other), "Adam: expected a model with 5 stored parameters, as when it was made, found 2", taut::Error);
}
