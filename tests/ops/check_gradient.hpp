/// Check gradient: every parameter's gradient of a small network, in double, against central differences.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "taut/nn.hpp"
#include "taut/nn/bce_with_logits.hpp"
#include "taut/nn/huber.hpp"
#include "taut/nn/model.hpp"
#include "taut/nn/mse.hpp"
#include "taut/nn/soft_cross_entropy.hpp"

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

  /// Of `value()` with respect to what isn't frozen, by central differences: with a step h = ε^(1/3) both the truncation, h²·f‴/6, and the rounding, ε·|f|/h, are of
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
    std::vector<bool> trainable(gradients.size());
    for (const taut::ParameterSpan span : model.trainable_spans()) {
      for (index_t i = span.begin; i < span.end; ++i) trainable[i] = true;
    }
    for (index_t i = 0; i < gradients.size(); ++i) {
      if (!trainable[i]) {
        ++zeros;
        wrong += gradients[i] != 0 ? 1 : 0;
        continue;
      }
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

/// Of the mean of the losses.
template <class Net, class D, class L, class Targets>
void check_mean_loss_gradient(GradientCase<Net, D>& test, const Targets& targets, const L& loss) {
  const auto value = [&] {
    test.model.set_forward_passes(0);
    const taut::LossSums sums = test.model.forward_backward(test.batch(), targets, loss);
    return sums.loss / sums.weight;
  };
  value();
  test.check(value);
}

template <class Net, class D>
void check_loss_gradient(std::uint64_t seed, const taut::CrossEntropy<Net::output_shape.d0>& loss) {
  GradientCase<Net, D> test(seed);
  check_mean_loss_gradient(test, std::vector<std::int32_t>{0, static_cast<std::int32_t>(Net::output_shape.d0 - 1), 1}, loss);
}

/// Of losses whose targets are numbers; these ones lie in [0, 1].
template <class Net, class D, class L>
void check_dense_loss_gradient(std::uint64_t seed, const L& loss) {
  GradientCase<Net, D> test(seed);
  Guarded<double> targets(gradient_rows * Net::output_shape.size());
  targets.randomize(seed + 3);
  for (double& target : targets.span()) target = std::abs(target);
  check_mean_loss_gradient(test, taut::BatchView<const double, Net::output_shape>{targets.data(), gradient_rows}, loss);
}

/// Of what is left to train where the layers under these names are frozen: a frozen batch norm's statistics are constants.
template <class Net, class D>
void check_frozen_gradient(std::uint64_t seed, std::initializer_list<const char*> frozen) {
  GradientCase<Net, D> test(seed);
  taut::Random random{seed + 4};
  for (double& statistic : test.model.buffers()) statistic += static_cast<double>(random.uniform(0, 1));
  for (const char* const name : frozen) test.model.freeze(name);
  check_mean_loss_gradient(test, std::vector<std::int32_t>{0, static_cast<std::int32_t>(Net::output_shape.d0 - 1), 1},
                           taut::CrossEntropy<Net::output_shape.d0>{});
}

}  // namespace ops
