/// exponential: eˣ and eˣ − 1 of a vector, each within 2 units in the last place.
///
/// With n = x / ln 2 rounded to a whole number and r = x − n·ln 2, eˣ = 2ⁿ·eʳ. ln 2 is taken off in two parts, of which the first times n
/// is exact; eʳ is its Taylor series, as |r| ≤ ln 2 / 2.
#pragma once

#include <algorithm>
#include <array>
#include <type_traits>

#include "taut/core/shape.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

template <class T>
struct ExponentialPlan {
  static constexpr bool single = std::is_same_v<T, float>;
  static constexpr long double ln2 = 0.693147180559945309417232121458L;
  static constexpr T log2_e = static_cast<T>(1 / ln2);
  static constexpr T ln2_high = static_cast<T>(single ? 0x1.63p-1 : 0x1.62e43p-1);
  static constexpr T ln2_low = static_cast<T>(ln2 - static_cast<long double>(ln2_high));
  /// Below the one eˣ is 0, above the other infinite.
  static constexpr T lowest = static_cast<T>(single ? -105 : -746), highest = static_cast<T>(single ? 89 : 710);
  /// Far enough that eˣ − 1 is −1.
  static constexpr T lowest_above_minus_one = T{-60};
  /// 1/2!, 1/3!, …: so many that what is left out is below a quarter of a unit in the last place.
  static constexpr auto series = [] {
    std::array<T, single ? 6 : 12> factors{};
    long double factorial = 1;
    for (index_t i = 0; i < factors.size(); ++i) factors[i] = static_cast<T>(1 / (factorial *= static_cast<long double>(i + 2)));
    return factors;
  }();
};

/// To the nearest whole number. Requires |x| < 2^21.
template <class T>
[[gnu::always_inline]] inline Vector<T> nearest_whole(Vector<T> x) {
  const Vector<T> place = broadcast(static_cast<T>(std::is_same_v<T, float> ? 0x1.8p23 : 0x1.8p52));
  return x + place - place;
}

/// x = power·ln 2 + r, and rest = eʳ − 1.
template <class T>
struct ExponentialParts {
  Vector<T> power, rest;
};

template <class T>
[[gnu::always_inline]] inline ExponentialParts<T> exponential_parts(Vector<T> x) {
  using Plan = ExponentialPlan<T>;
  const Vector<T> power = nearest_whole<T>(x * broadcast(Plan::log2_e));
  const Vector<T> r = fma(power, broadcast(-Plan::ln2_low), fma(power, broadcast(-Plan::ln2_high), x));
  constexpr index_t last = Plan::series.size() - 1;
  Vector<T> series = broadcast(Plan::series[last]);
#pragma GCC unroll 16
  for (index_t i = 1; i <= last; ++i) series = fma(series, r, broadcast(Plan::series[last - i]));
  return {power, fma(r * r, series, r)};
}

}  // namespace detail

/// eˣ, 0 or infinite where it has to be; a NaN stays one.
template <class T>
[[gnu::always_inline]] inline Vector<T> exponential(Vector<T> x) {
  using Plan = detail::ExponentialPlan<T>;
  const auto parts = detail::exponential_parts<T>(max(broadcast(Plan::lowest), min(broadcast(Plan::highest), x)));
  const Vector<T> half = detail::nearest_whole<T>(parts.power * broadcast(T{0.5}));  // 2ⁿ may be no number where eˣ is one
  return (broadcast(T{1}) + parts.rest) * power_of_two(half) * power_of_two(parts.power - half);
}

/// eˣ − 1 for x ≤ 0; a NaN stays one.
template <class T>
[[gnu::always_inline]] inline Vector<T> exponential_minus_one(Vector<T> x) {
  using Plan = detail::ExponentialPlan<T>;
  const auto parts = detail::exponential_parts<T>(max(broadcast(Plan::lowest_above_minus_one), x));
  const Vector<T> scale = power_of_two(parts.power);
  return fma(parts.rest, scale, scale - broadcast(T{1}));
}

}  // namespace taut::kernels::cpu
