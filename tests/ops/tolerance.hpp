/// Tolerance: how far a device may be from the oracle, by formula.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <span>
#include <string>
#include <type_traits>

#include "taut/core/shape.hpp"

namespace ops {

using taut::index_t;

/// The scalar that the oracle computes in: wide enough that its own rounding hardly counts.
template <class T>
using Oracle = std::conditional_t<std::is_same_v<T, float>, double, long double>;

/// Half the distance from 1 to the next number: the relative error of one rounding. The oracle's is added, for where it is no wider.
template <class T>
inline constexpr double roundoff =
    0.5 * (static_cast<double>(std::numeric_limits<T>::epsilon()) + static_cast<double>(std::numeric_limits<Oracle<T>>::epsilon()));

/// |computed − exact| ≤ sum_error<T>(n) · Σ|a||b| for a sum of n products in any order, fused or not: n roundoffs always (Higham,
/// Accuracy and Stability of Numerical Algorithms, 2002, §3.1), and 8·√n of them but for a chance of 2·exp(−8²/2) ≈ 1e-14 an element
/// (Higham and Mary, "A new approach to probabilistic rounding error analysis", 2019). Two more are for the product and the result.
template <class T>
double sum_error(index_t terms) {
  const double n = static_cast<double>(terms);
  return (std::min(n, 8 * std::sqrt(n)) + 2) * roundoff<T>;
}

/// "" where every |actual − expected| ≤ bound, else a sentence about the element that is furthest beyond. A NaN is beyond.
template <class A, class E, class Bound>
std::string beyond(std::span<A> actual, std::span<E> expected, Bound&& bound) {
  using O = std::remove_const_t<E>;
  double worst = 1;
  std::string sentence;
  for (index_t i = 0; i < actual.size(); ++i) {
    const double difference = std::abs(static_cast<double>(static_cast<O>(actual[i]) - expected[i]));
    const double allowed = bound(i);
    const double excess = difference <= allowed ? 0 : allowed > 0 ? difference / allowed : std::numeric_limits<double>::infinity();
    if (difference <= allowed || (excess < worst && !std::isnan(difference))) continue;
    worst = std::isnan(excess) ? std::numeric_limits<double>::infinity() : std::max(worst, excess);
    char text[200];
    std::snprintf(text, sizeof text, "element %zu of %zu is %.9g but should be %.9g within %.3g", i, actual.size(),
                  static_cast<double>(actual[i]), static_cast<double>(expected[i]), allowed);
    sentence = text;
  }
  return sentence;
}

}  // namespace ops
