/// softmax: probabilities from logits, the largest taken out first. A row is a few classes: plain loops, in double.
#pragma once

#include <algorithm>
#include <cmath>

#include "taut/core/shape.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"

namespace taut::kernels::cpu {

/// log Σ exp(logits).
template <class T>
double log_sum_exp(index_t classes, const T* logits /* (classes) */) {
  const double largest = static_cast<double>(*std::max_element(logits, logits + classes));
  double sum = 0;
  for (index_t c = 0; c < classes; ++c) sum += std::exp(static_cast<double>(logits[c]) - largest);
  return largest + std::log(sum);
}

template <class T, class Threads>
void softmax(Threads& threads, index_t rows, index_t classes,
             const T* logits,     // (rows, classes)
             T* probabilities) {  // (rows, classes)
  const auto task = [&](index_t begin, index_t end, index_t) {
    for (index_t row = begin; row < end; ++row) {
      const T* const x = logits + row * classes;
      const double normalizer = log_sum_exp(classes, x);
      for (index_t c = 0; c < classes; ++c) {
        probabilities[row * classes + c] = static_cast<T>(std::exp(static_cast<double>(x[c]) - normalizer));
      }
    }
  };
  serial_or_parallel_blocks(threads, rows * classes, rows, 64, task);
}

}  // namespace taut::kernels::cpu
