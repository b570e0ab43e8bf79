/// soft_cross_entropy: the loss of softmax(logits) against class probabilities, and its gradient; sums in double.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "taut/device/device.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"
#include "taut/kernels/cpu/softmax.hpp"

namespace taut::kernels::cpu {

/// With smoothing s, weights w and K classes a row costs Σ_c w[c]·((1 − s)·t[c] + s/K)·(−log p[c]); the mean divides by the rows.
/// A row is a few classes: plain loops.
template <class T, class Threads>
LossSums soft_cross_entropy(Threads& threads, index_t rows, index_t classes,
                            const T* logits,         // (rows, classes)
                            const T* targets,        // (rows, classes)
                            const T* class_weights,  // (classes) or null
                            double smoothing,
                            T* dlogits) {  // (rows, classes) or null: the gradient of the mean
  const double spread = smoothing / static_cast<double>(classes), per_row = 1 / static_cast<double>(rows);
  constexpr index_t most_blocks = 64;
  const index_t block = std::max<index_t>(64, (rows + most_blocks - 1) / most_blocks);
  std::array<LossSums, most_blocks> parts{};
  const auto task = [&](index_t begin, index_t end, index_t i) {
    for (index_t row = begin; row < end; ++row) {
      const T* const x = logits + row * classes;
      const T* const target = targets + row * classes;
      const auto share = [&](index_t c) {
        const double weight = class_weights != nullptr ? static_cast<double>(class_weights[c]) : 1.0;
        return weight * ((1 - smoothing) * static_cast<double>(target[c]) + spread);
      };
      const double normalizer = log_sum_exp(classes, x);
      double total = 0;
      for (index_t c = 0; c < classes; ++c) {
        total += share(c);
        parts[i].loss += share(c) * (normalizer - static_cast<double>(x[c]));
      }
      parts[i].correct += std::max_element(x, x + classes) - x == std::max_element(target, target + classes) - target ? 1 : 0;
      if (dlogits == nullptr) continue;
      for (index_t c = 0; c < classes; ++c) {
        const double probability = std::exp(static_cast<double>(x[c]) - normalizer);
        dlogits[row * classes + c] = static_cast<T>((probability * total - share(c)) * per_row);
      }
    }
  };
  serial_or_parallel_blocks(threads, rows * classes, rows, block, task);
  LossSums sums{.weight = static_cast<double>(rows)};
  for (const LossSums& part : parts) {
    sums.loss += part.loss;
    sums.correct += part.correct;
  }
  return sums;
}

}  // namespace taut::kernels::cpu
