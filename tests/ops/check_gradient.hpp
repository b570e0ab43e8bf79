/// Check gradient: every parameter's gradient of a small network, in double, against central differences.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

namespace ops {

inline constexpr index_t gradient_rows = 3;

template <class Net, class D>
using GradientModel = taut::Model<Net, double, D, gradient_rows + 1>;

/// A network's input, and parameters that are no defaults: a batch norm's bias isn't zero.
template <class Net, class D>
struct GradientCase {
  GradientModel<Net, D> model;
  Guarded<double> x{gradient_rows * Net::input_shape.size()};

  explicit GradientCase(std::uint64_t seed) : model(taut::seed(seed), make_device<D>(2)) {
    x.randomize(seed + 1);
    taut::Random random{seed + 2};
    for (double& parameter : model.parameters()) {
      if (parameter != 0) parameter += static_cast<double>(random.uniform(-0.3F, 0.3F));
    }
  }

  taut::BatchView<const double, Net::input_shape> batch() const { return {x.data(), gradient_rows}; }

  /// Of `value()`, by central differences: with a step h = ε^(1/3) both the truncation, h²·f‴/6, and the rounding, ε·|f|/h, are of
  /// the order ε^(2/3) ≈ 4e-11 times the function; a thousand of them leave room for third derivatives.
  template <class Value>
  void check(Value&& value) {
    const std::vector<double> gradients(model.gradients().begin(), model.gradients().end());
    const double step = std::cbrt(std::numeric_limits<double>::epsilon());
    const double scale = std::max(1.0, std::abs(value()));
    double largest = 1;
    for (const double gradient : gradients) largest = std::max(largest, std::abs(gradient));
    const double bound = 1000 * step * step * std::max(scale, largest);
    index_t wrong = 0, zeros = 0;
    std::string first_wrong;
    for (index_t i = 0; i < gradients.size(); ++i) {
      const double kept = model.parameters()[i];
      model.parameters()[i] = kept + step;
      const double above = value();
      model.parameters()[i] = kept - step;
      const double below = value();
      model.parameters()[i] = kept;
      const double difference = (above - below) / (2 * step);
      zeros += gradients[i] == 0 ? 1 : 0;
      if (std::abs(difference - gradients[i]) <= bound) continue;
      if (wrong++ == 0) {
        first_wrong = "parameter " + std::to_string(i) + " has gradient " + std::to_string(gradients[i]) + ", differences say " +
                      std::to_string(difference);
      }
    }
    CHECK(first_wrong == "");
    CHECK(wrong == 0);
    CHECK(zeros < gradients.size());
  }
};

/// Of Σ c·y with random c. Dropout draws the same mask each time. The gradient with respect to a layer's input is checked through the
/// parameters of a layer in front of it.
template <class Net, class D>
void check_gradient(std::uint64_t seed) {
  GradientCase<Net, D> test(seed);
  Guarded<double> c(gradient_rows * Net::output_shape.size());
  c.randomize(seed + 3);
  const auto value = [&] {
    test.model.set_forward_passes(0);
    const auto y = test.model.forward(test.batch());
    double sum = 0;
    for (index_t i = 0; i < c.size(); ++i) sum += c.data()[i] * y.data[i];
    return sum;
  };
  value();
  test.model.backward({c.data(), gradient_rows});
  test.check(value);
}

/// Of the weighted mean of the losses.
template <class Net, class D>
void check_loss_gradient(std::uint64_t seed, const taut::CrossEntropy<Net::output_shape.d0>& loss) {
  GradientCase<Net, D> test(seed);
  const std::vector<std::int32_t> labels{0, static_cast<std::int32_t>(Net::output_shape.d0 - 1), 1};
  const auto value = [&] {
    test.model.set_forward_passes(0);
    const taut::LossSums sums = test.model.forward_backward(test.batch(), labels, loss);
    return sums.loss / sums.weight;
  };
  value();
  test.check(value);
}

}  // namespace ops
