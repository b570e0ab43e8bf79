/// Softmax, its logarithm and their gradients by their definition.
#pragma once

#include <algorithm>
#include <cmath>

#include "taut/core/shape.hpp"
#include "taut/kernels/reference/accumulator.hpp"

namespace taut::kernels::reference {

/// log Σ exp(x), with the largest taken out first.
template <class T>
Accumulator<T> log_sum_exp(index_t classes, const T* logits /* (classes) */) {
  const Accumulator<T> largest = *std::max_element(logits, logits + classes);
  Accumulator<T> sum{};
  for (index_t c = 0; c < classes; ++c) sum += std::exp(logits[c] - largest);
  return largest + std::log(sum);
}

template <class T>
void softmax(index_t rows, index_t classes,
             const T* logits,     // (rows, classes)
             T* probabilities) {  // (rows, classes)
  for (index_t row = 0; row < rows; ++row) {
    const Accumulator<T> normalizer = log_sum_exp(classes, logits + row * classes);
    for (index_t c = 0; c < classes; ++c) {
      probabilities[row * classes + c] = static_cast<T>(std::exp(logits[row * classes + c] - normalizer));
    }
  }
}

template <class T>
void log_softmax(index_t rows, index_t classes,
                 const T* x,  // (rows, classes)
                 T* y) {      // (rows, classes)
  for (index_t row = 0; row < rows; ++row) {
    const Accumulator<T> normalizer = log_sum_exp(classes, x + row * classes);
    for (index_t c = 0; c < classes; ++c) y[row * classes + c] = static_cast<T>(x[row * classes + c] - normalizer);
  }
}

/// dx = y · (dy − Σ y·dy), summed over the row's classes.
template <class T>
void softmax_backward(index_t rows, index_t classes,
                      const T* y,   // (rows, classes)
                      const T* dy,  // (rows, classes)
                      T* dx) {      // (rows, classes)
  for (index_t row = 0; row < rows; ++row, y += classes, dy += classes, dx += classes) {
    Accumulator<T> sum{};
    for (index_t c = 0; c < classes; ++c) sum += static_cast<Accumulator<T>>(y[c]) * dy[c];
    for (index_t c = 0; c < classes; ++c) dx[c] = static_cast<T>(y[c] * (dy[c] - sum));
  }
}

/// dx = dy − eʸ · Σ dy, summed over the row's classes.
template <class T>
void log_softmax_backward(index_t rows, index_t classes,
                          const T* y,   // (rows, classes)
                          const T* dy,  // (rows, classes)
                          T* dx) {      // (rows, classes)
  for (index_t row = 0; row < rows; ++row, y += classes, dy += classes, dx += classes) {
    Accumulator<T> sum{};
    for (index_t c = 0; c < classes; ++c) sum += dy[c];
    for (index_t c = 0; c < classes; ++c) dx[c] = static_cast<T>(dy[c] - std::exp(static_cast<Accumulator<T>>(y[c])) * sum);
  }
}

}  // namespace taut::kernels::reference
