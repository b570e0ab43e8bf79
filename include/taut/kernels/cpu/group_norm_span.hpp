/// group_norm_span: normalises numbers that lie side by side, with a weight and a bias each: a group of one pixel. Lanes are its elements.
#pragma once

#include <algorithm>
#include <cmath>

#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu::detail {

/// Sums that grow side by side: one chain of additions alone would wait for its latency.
inline constexpr index_t span_sums = 4;

/// `value` in the first lanes, zero in the others.
template <index_t lanes, class T>
Vector<T> first_lanes(T value) {
  if constexpr (lanes == width<T>) return broadcast(value);
  T values[width<T>];
  std::fill_n(values, width<T>, value);
  return load_first(values, lanes);
}

/// Σ of term(i, lanes), the vector that begins at element i of `size`; it is zero in lanes from `lanes` on. Short sums in T, joined in
/// double.
template <index_t size, class T, class Term>
double span_sum(Term&& term) {
  Vector<T> sum[span_sums];
  for (Vector<T>& part : sum) part = broadcast(T{0});
  for_each_group<size, span_sums, T>([&](index_t i, auto group, auto lanes) __attribute__((always_inline)) {
    constexpr index_t vectors = group;
#pragma GCC unroll 4
    for (index_t v = 0; v < vectors; ++v) sum[v] = sum[v] + term(i + v * width<T>, lanes);
  });
  double total = 0;
  for (const Vector<T>& part : sum) {
    T lanes[width<T>];
    store_vector(lanes, part);
    for (const T lane : lanes) total += static_cast<double>(lane);
  }
  return total;
}

/// Mean and 1 / √(biased variance + eps) of a group, the variance about the mean: a mean far from zero costs no digits.
template <class T>
struct SpanMoments {
  T mean, inv_std;
};

template <index_t size, class T>
SpanMoments<T> span_moments(const T* x /* (size) */, double eps) {
  const double sum = span_sum<size, T>([&](index_t i, auto lanes) { return load_lanes<lanes>(x + i); });
  const T mean = static_cast<T>(sum / static_cast<double>(size));
  const double squares = span_sum<size, T>([&](index_t i, auto lanes) {
    const Vector<T> distance = load_lanes<lanes>(x + i) - first_lanes<lanes>(mean);
    return distance * distance;
  });
  return {mean, static_cast<T>(1 / std::sqrt(squares / static_cast<double>(size) + eps))};
}

template <index_t size, class T>
void span_forward(const T* x,       // (size)
                  const T* weight,  // (size)
                  const T* bias,    // (size)
                  double eps,
                  T* y) {  // (size)
  const SpanMoments<T> moments = span_moments<size>(x, eps);
  const Vector<T> mean = broadcast(moments.mean), inv_std = broadcast(moments.inv_std);
  for_each_vector<size, T>([&](index_t i, auto lanes) __attribute__((always_inline)) {
    const Vector<T> normal = (load_lanes<lanes>(x + i) - mean) * inv_std;
    store_lanes<lanes>(y + i, fma(normal, load_lanes<lanes>(weight + i), load_lanes<lanes>(bias + i)));
  });
}

/// Adds to dweight and dbias.
template <index_t size, class T>
void span_backward(const T* x,       // (size)
                   const T* dy,      // (size)
                   const T* weight,  // (size)
                   double eps,
                   T* dx,       // (size) or null
                   T* dweight,  // (size)
                   T* dbias) {  // (size)
  const SpanMoments<T> moments = span_moments<size>(x, eps);
  const Vector<T> mean = broadcast(moments.mean), inv_std = broadcast(moments.inv_std);
  const auto normal = [&](index_t i, auto lanes) { return (load_lanes<lanes>(x + i) - mean) * inv_std; };
  for_each_vector<size, T>([&](index_t i, auto lanes) __attribute__((always_inline)) {
    const Vector<T> gradient = load_lanes<lanes>(dy + i);
    store_lanes<lanes>(dweight + i, fma(gradient, normal(i, lanes), load_lanes<lanes>(dweight + i)));
    store_lanes<lanes>(dbias + i, load_lanes<lanes>(dbias + i) + gradient);
  });
  if (dx == nullptr) return;

  const auto scaled = [&](index_t i, auto lanes) { return load_lanes<lanes>(dy + i) * load_lanes<lanes>(weight + i); };
  const double sum = span_sum<size, T>([&](index_t i, auto lanes) { return scaled(i, lanes); });
  const double product_sum = span_sum<size, T>([&](index_t i, auto lanes) { return scaled(i, lanes) * normal(i, lanes); });
  const Vector<T> share = broadcast(static_cast<T>(sum / static_cast<double>(size)));
  const Vector<T> slope = broadcast(static_cast<T>(product_sum / static_cast<double>(size)));
  for_each_vector<size, T>([&](index_t i, auto lanes) __attribute__((always_inline)) {
    store_lanes<lanes>(dx + i, inv_std * (scaled(i, lanes) - share - normal(i, lanes) * slope));
  });
}

}  // namespace taut::kernels::cpu::detail
