// Losses with dense targets and RMSprop of each device against PyTorch's results (make_golden.py).
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "golden.hpp"
#include "taut/device/device.hpp"

using namespace taut;
using taut::test::check_close;
using taut::test::Fresh;
using taut::test::GoldenCase;
using taut::test::On;

#define TAUT_GOLDEN_DEVICES On<Reference, float>, On<Reference, double>, On<Cpu<>, float>, On<Cpu<>, double>

namespace {

const TensorFile& golden_training() {
  static const TensorFile training = taut::test::read_golden("training");
  return training;
}

/// `loss(y, targets, dy)` against the case's loss and gradient; `largest` is the largest output there can be.
template <class T, class Loss>
void check_loss(const std::string& name, double largest, Loss&& loss) {
  const GoldenCase<T> golden(name, golden_training());
  Fresh<T> y(golden["y"]), targets(golden["targets"]), dy(y.values().size());
  const LossSums sums = loss(golden, y.data(), targets.data(), dy.data());
  check_close(name + " loss", {static_cast<T>(sums.loss / sums.weight)}, golden["loss"], 4 * largest);
  check_close(name + " dy", dy.values(), golden["dy"], 4 * largest);
  CHECK(loss(golden, y.data(), targets.data(), nullptr).loss == sums.loss);
}

}  // namespace

TEST_CASE_TEMPLATE("losses with dense targets agree with PyTorch", Where, TAUT_GOLDEN_DEVICES) {
  using T = typename Where::Scalar;
  typename Where::Device device{};
  constexpr index_t rows = 6, columns = 7, count = rows * columns;
  const auto soft = [&](bool weighted, double smoothing) {
    return [&device, weighted, smoothing](const GoldenCase<T>& golden, const T* y, const T* targets, T* dy) {
      const std::vector<T> weights = weighted ? golden["weight"] : std::vector<T>{};
      return device.template soft_cross_entropy<T>(rows, columns, y, targets, weighted ? weights.data() : nullptr, smoothing, dy);
    };
  };
  check_loss<T>("soft_cross_entropy", 8, soft(false, 0));
  check_loss<T>("soft_cross_entropy_weighted_smoothed", 8, soft(true, 0.1));
  check_loss<T>("mse", 81, [&](const auto&, const T* y, const T* targets, T* dy) { return device.template mse<T>(count, y, targets, dy); });
  check_loss<T>("huber", 3, [&](const auto&, const T* y, const T* targets, T* dy) {
    return device.template huber<T>(count, y, targets, 0.5, dy);
  });
  const auto bce = [&](const GoldenCase<T>& golden, const T* y, const T* targets, T* dy) {
    return device.template bce_with_logits<T>(count, columns, y, targets, golden["pos_weight"].data(), dy);
  };
  check_loss<T>("bce_with_logits", 4, bce);
  check_loss<T>("bce_with_logits_far", 512, bce);
}

TEST_CASE_TEMPLATE("RMSprop agrees with PyTorch over five steps", Where, TAUT_GOLDEN_DEVICES) {
  using T = typename Where::Scalar;
  typename Where::Device device{};
  const auto check = [&](const std::string& name, const RMSpropStep& step, bool centered) {
    const GoldenCase<T> golden(name, golden_training());
    Fresh<T> parameters(golden["parameters"]);
    const std::vector<T> gradients = golden["gradients"], after = golden["after"];
    const index_t count = parameters.values().size();
    Fresh<T> square(std::vector<T>(count, T{0})), mean(std::vector<T>(count, T{0})), velocity(std::vector<T>(count, T{0}));
    for (index_t i = 0; i < golden.rows("gradients"); ++i) {
      const auto from = static_cast<std::ptrdiff_t>(i * count), to = from + static_cast<std::ptrdiff_t>(count);
      Fresh<T> gradient(std::vector<T>(gradients.begin() + from, gradients.begin() + to));
      device.template rmsprop_step<T>(count, parameters, gradient, square, centered ? mean.data() : nullptr,
                                      step.momentum != 0 ? velocity.data() : nullptr, step);
      // Parameters are below 1, and a first step of learning rate 0.01 is 0.1 long, with momentum a few times that.
      check_close(name, parameters.values(), std::vector<T>(after.begin() + from, after.begin() + to), 8.0 * static_cast<double>(i + 1));
    }
  };
  check("rmsprop", {.learning_rate = 1e-2}, false);
  check("rmsprop_decay", {.learning_rate = 1e-2, .alpha = 0.9, .eps = 1e-3, .weight_decay = 0.1}, false);
  check("rmsprop_momentum", {.learning_rate = 1e-2, .momentum = 0.9}, false);
  check("rmsprop_centered", {.learning_rate = 1e-2, .alpha = 0.9, .eps = 1e-3, .momentum = 0.5}, true);
}
