/// Cross entropy by its definition, in log-softmax form.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "taut/device/device.hpp"
#include "taut/kernels/reference/accumulator.hpp"
#include "taut/kernels/reference/softmax.hpp"

namespace taut::kernels::reference {

/// With smoothing s, weights w and K classes a row of class k costs
/// (1 − s)·w[k]·(−log p[k]) + s/K · Σ_c w[c]·(−log p[c]); the mean divides by Σ over rows of w[k].
template <class T>
LossSums cross_entropy(index_t rows, index_t classes,
                       const T* logits,             // (rows, classes)
                       const std::int32_t* labels,  // (rows)
                       const T* class_weights,      // (classes) or null
                       double smoothing,
                       T* dlogits) {  // (rows, classes) or null
  LossSums sums;
  const auto weight = [&](index_t c) { return class_weights != nullptr ? static_cast<double>(class_weights[c]) : 1.0; };
  for (index_t row = 0; row < rows; ++row) sums.weight += weight(static_cast<index_t>(labels[row]));
  const double spread = smoothing / static_cast<double>(classes);
  double weight_total = 0;
  for (index_t c = 0; c < classes; ++c) weight_total += weight(c);
  for (index_t row = 0; row < rows; ++row) {
    const T* const x = logits + row * classes;
    const auto label = static_cast<index_t>(labels[row]);
    const double normalizer = static_cast<double>(log_sum_exp(classes, x));
    const double on_label = (1 - smoothing) * weight(label);
    sums.loss += on_label * (normalizer - static_cast<double>(x[label]));
    for (index_t c = 0; c < classes; ++c) {
      if (smoothing != 0) sums.loss += spread * weight(c) * (normalizer - static_cast<double>(x[c]));
      if (dlogits == nullptr) continue;
      const double probability = std::exp(static_cast<double>(x[c]) - normalizer);
      const double gradient = probability * (on_label + spread * weight_total) - spread * weight(c) - (c == label ? on_label : 0);
      dlogits[row * classes + c] = static_cast<T>(gradient / sums.weight);
    }
    sums.correct += static_cast<index_t>(std::max_element(x, x + classes) - x) == label ? 1 : 0;
  }
  return sums;
}

}  // namespace taut::kernels::reference
