/// Dense losses by their definition: each output has a target that is a number.
#pragma once

#include <algorithm>
#include <cmath>

#include "taut/device/device.hpp"
#include "taut/kernels/reference/loss.hpp"

namespace taut::kernels::reference {

/// With smoothing s, weights w and K classes a row costs Σ_c w[c]·((1 − s)·t[c] + s/K)·(−log p[c]); the mean divides by the rows.
template <class T>
LossSums soft_cross_entropy(index_t rows, index_t classes,
                            const T* logits,         // (rows, classes)
                            const T* targets,        // (rows, classes)
                            const T* class_weights,  // (classes) or null
                            double smoothing,
                            T* dlogits) {  // (rows, classes) or null
  LossSums sums{.weight = static_cast<double>(rows)};
  for (index_t row = 0; row < rows; ++row) {
    const T* const x = logits + row * classes;
    const T* const target = targets + row * classes;
    const auto share = [&](index_t c) {
      const double weight = class_weights != nullptr ? static_cast<double>(class_weights[c]) : 1.0;
      return weight * ((1 - smoothing) * static_cast<double>(target[c]) + smoothing / static_cast<double>(classes));
    };
    const double normalizer = static_cast<double>(log_sum_exp(classes, x));
    double total = 0;
    for (index_t c = 0; c < classes; ++c) {
      total += share(c);
      sums.loss += share(c) * (normalizer - static_cast<double>(x[c]));
    }
    for (index_t c = 0; c < classes && dlogits != nullptr; ++c) {
      const double probability = std::exp(static_cast<double>(x[c]) - normalizer);
      dlogits[row * classes + c] = static_cast<T>((probability * total - share(c)) / sums.weight);
    }
    sums.correct += std::max_element(x, x + classes) - x == std::max_element(target, target + classes) - target ? 1 : 0;
  }
  return sums;
}

/// The sum of element(y, target), a loss and its slope, and the gradient of their mean.
template <class T, class Element>
LossSums element_loss(index_t count,
                      const T* y,        // (count)
                      const T* targets,  // (count)
                      T* dy,             // (count) or null
                      Element&& element) {
  LossSums sums{.weight = static_cast<double>(count)};
  for (index_t i = 0; i < count; ++i) {
    const auto [loss, slope] = element(static_cast<Accumulator<T>>(y[i]), static_cast<Accumulator<T>>(targets[i]), i);
    sums.loss += static_cast<double>(loss);
    if (dy != nullptr) dy[i] = static_cast<T>(slope / static_cast<Accumulator<T>>(count));
  }
  return sums;
}

template <class T>
struct LossAndSlope {
  T loss, slope;
};

template <class T>
LossSums mse(index_t count, const T* y, const T* targets, T* dy) {
  using A = Accumulator<T>;
  return element_loss(count, y, targets, dy, [](A value, A target, index_t) {
    const A difference = value - target;
    return LossAndSlope<A>{difference * difference, 2 * difference};
  });
}

template <class T>
LossSums huber(index_t count, const T* y, const T* targets, double delta, T* dy) {
  using A = Accumulator<T>;
  return element_loss(count, y, targets, dy, [bound = static_cast<A>(delta)](A value, A target, index_t) {
    const A difference = value - target, distance = std::abs(difference);
    if (distance <= bound) return LossAndSlope<A>{difference * difference / 2, difference};
    return LossAndSlope<A>{bound * (distance - bound / 2), distance > bound ? std::copysign(bound, difference) : difference};
  });
}

/// With softplus(z) = log(1 + exp(z)): pos_weight·t·softplus(−z) + (1 − t)·softplus(z).
template <class T>
LossSums bce_with_logits(index_t count, index_t channels,
                         const T* logits,      // (count)
                         const T* targets,     // (count)
                         const T* pos_weight,  // (channels); element i has that of channel i % channels
                         T* dlogits) {         // (count) or null
  using A = Accumulator<T>;
  const auto softplus = [](A z) { return std::max(z, A{}) + std::log1p(std::exp(-std::abs(z))); };
  const auto sigmoid = [](A z) { return z < 0 ? std::exp(z) / (1 + std::exp(z)) : 1 / (1 + std::exp(-z)); };
  return element_loss(count, logits, targets, dlogits, [&](A z, A target, index_t i) {
    const A positive = static_cast<A>(pos_weight[i % channels]) * target, negative = 1 - target;
    return LossAndSlope<A>{positive * softplus(-z) + negative * softplus(z), negative * sigmoid(z) - positive * sigmoid(-z)};
  });
}

}  // namespace taut::kernels::reference
