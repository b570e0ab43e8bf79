/// softmax: probabilities from logits, their logarithms, and the gradients of both; the largest logit is taken out first.
///
/// Rows lie one after the other: a vector's features, or the channels of a pixel. Lanes are classes; sums of lanes are joined in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "taut/core/shape.hpp"
#include "taut/kernels/cpu/exponential.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

/// log Σ exp(logits).
template <class T>
double log_sum_exp(index_t classes, const T* logits /* (classes) */) {
  const double largest = static_cast<double>(*std::max_element(logits, logits + classes));
  double sum = 0;
  for (index_t c = 0; c < classes; ++c) sum += std::exp(static_cast<double>(logits[c]) - largest);
  return largest + std::log(sum);
}

namespace detail {

/// visit(first class, lanes, vector of row[first …]) for each vector of a row.
template <class T, class Visit>
[[gnu::always_inline]] inline void for_each_class_vector(index_t classes, const T* row, Visit&& visit) {
  index_t c = 0;
  for (; c + width<T> <= classes; c += width<T>) visit(c, width<T>, load_vector(row + c));
  if (c < classes) visit(c, classes - c, load_first(row + c, classes - c));
}

/// The first `lanes` lanes, added up in double.
template <class T>
double sum_of_lanes(Vector<T> vector, index_t lanes = width<T>) {
  T values[width<T>];
  store_vector(values, vector);
  double sum = 0;
  for (index_t i = 0; i < lanes; ++i) sum += static_cast<double>(values[i]);
  return sum;
}

/// Σ of of(first class, lanes, vector), each a vector, over a row.
template <class T, class Of>
[[gnu::always_inline]] inline double sum_of_row(index_t classes, const T* row, Of&& of) {
  Vector<T> whole = broadcast(T{0});
  double rest = 0;
  for_each_class_vector(classes, row, [&](index_t c, index_t lanes, Vector<T> vector) __attribute__((always_inline)) {
    if (lanes == width<T>) {
      whole = whole + of(c, lanes, vector);
    } else {
      rest = sum_of_lanes<T>(of(c, lanes, vector), lanes);
    }
  });
  return sum_of_lanes<T>(whole) + rest;
}

/// task(row) for each row, in tasks of so many rows that there is work enough in one.
template <class Threads, class Task>
void for_each_row(Threads& threads, index_t rows, index_t classes, Task&& task) {
  const index_t block = std::max<index_t>(1, sweep_elements / 4 / classes);
  serial_or_parallel_blocks(threads, 4 * rows * classes, rows, block, [&](index_t begin, index_t end, index_t) {
    for (index_t row = begin; row < end; ++row) task(row);
  });
}

}  // namespace detail

template <class T, class Threads>
void softmax(Threads& threads, index_t rows, index_t classes,
             const T* logits,     // (rows, classes)
             T* probabilities) {  // (rows, classes)
  detail::for_each_row(threads, rows, classes, [=](index_t row) {
    const T* const x = logits + row * classes;
    T* const y = probabilities + row * classes;
    const Vector<T> largest = broadcast(*std::max_element(x, x + classes));
    const double sum = detail::sum_of_row(classes, x, [=](index_t c, index_t lanes, Vector<T> vector) __attribute__((always_inline)) {
      const Vector<T> power = exponential<T>(vector - largest);
      store_first(y + c, power, lanes);
      return power;
    });
    const Vector<T> share = broadcast(static_cast<T>(1 / sum));
    detail::for_each_class_vector(classes, y, [=](index_t c, index_t lanes, Vector<T> power) __attribute__((always_inline)) {
      store_first(y + c, power * share, lanes);
    });
  });
}

template <class T, class Threads>
void log_softmax(Threads& threads, index_t rows, index_t classes,
                 const T* logits,  // (rows, classes)
                 T* logarithms) {  // (rows, classes)
  detail::for_each_row(threads, rows, classes, [=](index_t row) {
    const T* const x = logits + row * classes;
    T* const y = logarithms + row * classes;
    const Vector<T> largest = broadcast(*std::max_element(x, x + classes));
    const double sum = detail::sum_of_row(classes, x, [=](index_t, index_t, Vector<T> vector) __attribute__((always_inline)) {
      return exponential<T>(vector - largest);
    });
    const Vector<T> logarithm = broadcast(static_cast<T>(std::log(sum)));
    detail::for_each_class_vector(classes, x, [=](index_t c, index_t lanes, Vector<T> vector) __attribute__((always_inline)) {
      store_first(y + c, vector - largest - logarithm, lanes);
    });
  });
}

/// dx = y · (dy − Σ y·dy), summed over the row's classes.
template <class T, class Threads>
void softmax_backward(Threads& threads, index_t rows, index_t classes,
                      const T* y,   // (rows, classes)
                      const T* dy,  // (rows, classes)
                      T* dx) {      // (rows, classes)
  detail::for_each_row(threads, rows, classes, [=](index_t row) {
    const T* const from = dy + row * classes;
    const auto probability = [p = y + row * classes](index_t c, index_t lanes) { return load_first(p + c, lanes); };
    const double sum = detail::sum_of_row(classes, from, [=](index_t c, index_t lanes, Vector<T> gradient) __attribute__((always_inline)) {
      return gradient * probability(c, lanes);
    });
    const Vector<T> mean = broadcast(static_cast<T>(sum));
    detail::for_each_class_vector(classes, from, [=](index_t c, index_t lanes, Vector<T> gradient) __attribute__((always_inline)) {
      store_first(dx + row * classes + c, probability(c, lanes) * (gradient - mean), lanes);
    });
  });
}

/// dx = dy − eʸ · Σ dy, summed over the row's classes.
template <class T, class Threads>
void log_softmax_backward(Threads& threads, index_t rows, index_t classes,
                          const T* y,   // (rows, classes)
                          const T* dy,  // (rows, classes)
                          T* dx) {      // (rows, classes)
  detail::for_each_row(threads, rows, classes, [=](index_t row) {
    const T* const from = dy + row * classes;
    const double sum = detail::sum_of_row(classes, from, [=](index_t, index_t, Vector<T> gradient) __attribute__((always_inline)) {
      return gradient;
    });
    const Vector<T> total = broadcast(static_cast<T>(sum));
    detail::for_each_class_vector(classes, from, [=](index_t c, index_t lanes, Vector<T> gradient) __attribute__((always_inline)) {
      const Vector<T> power = exponential<T>(load_first(y + row * classes + c, lanes));
      store_first(dx + row * classes + c, gradient - power * total, lanes);
    });
  });
}

}  // namespace taut::kernels::cpu
