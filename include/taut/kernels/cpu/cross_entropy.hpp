/// cross_entropy: the loss of softmax(logits) against labels, and its gradient; sums in double.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "taut/device/device.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"
#include "taut/kernels/cpu/softmax.hpp"

namespace taut::kernels::cpu {

/// With smoothing s, weights w and K classes a row of class k costs
/// (1 − s)·w[k]·(−log p[k]) + s/K · Σ_c w[c]·(−log p[c]); the mean divides by Σ over rows of w[k].
/// Requires labels in [0, classes).
template <class T, class Threads>
LossSums cross_entropy(Threads& threads, index_t rows, index_t classes,
                       const T* logits,             // (rows, classes)
                       const std::int32_t* labels,  // (rows)
                       const T* class_weights,      // (classes) or null
                       double smoothing,
                       T* dlogits) {  // (rows, classes) or null: the gradient of the weighted mean
  const auto weight = [&](index_t c) { return class_weights != nullptr ? static_cast<double>(class_weights[c]) : 1.0; };
  LossSums total;
  for (index_t row = 0; row < rows; ++row) total.weight += weight(static_cast<index_t>(labels[row]));
  double weight_sum = 0;
  for (index_t c = 0; c < classes; ++c) weight_sum += weight(c);
  const double spread = smoothing / static_cast<double>(classes), share = 1 / total.weight;

  constexpr index_t most_blocks = 64;
  const index_t block = std::max<index_t>(64, (rows + most_blocks - 1) / most_blocks);
  std::array<LossSums, most_blocks> parts{};
  const auto task = [&](index_t begin, index_t end, index_t i) {
    for (index_t row = begin; row < end; ++row) {
      const T* const x = logits + row * classes;
      const auto label = static_cast<index_t>(labels[row]);
      const double normalizer = log_sum_exp(classes, x), on_label = (1 - smoothing) * weight(label);
      parts[i].loss += on_label * (normalizer - static_cast<double>(x[label]));
      if (smoothing != 0) {
        for (index_t c = 0; c < classes; ++c) parts[i].loss += spread * weight(c) * (normalizer - static_cast<double>(x[c]));
      }
      parts[i].correct += static_cast<index_t>(std::max_element(x, x + classes) - x) == label ? 1 : 0;
      if (dlogits == nullptr) continue;
      for (index_t c = 0; c < classes; ++c) {
        const double probability = std::exp(static_cast<double>(x[c]) - normalizer);
        const double gradient = probability * (on_label + spread * weight_sum) - spread * weight(c) - (c == label ? on_label : 0);
        dlogits[row * classes + c] = static_cast<T>(gradient * share);
      }
    }
  };
  serial_or_parallel_blocks(threads, rows * classes, rows, block, task);
  for (const LossSums& part : parts) {
    total.loss += part.loss;
    total.correct += part.correct;
  }
  return total;
}

}  // namespace taut::kernels::cpu
