/// normal_distribution: the standard normal distribution's function Φ and density, what GELU is made of.
#pragma once

#include <array>
#include <type_traits>

#include "taut/kernels/cpu/exponential.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// With w = 1/(s + 4) and v = (s − 4)·w, Φ(−s) = e^(−s²/2)·w·Σ tail[i]·vⁱ for s ≥ 0. The polynomials interpolate at Chebyshev's points,
/// computed in 60 digits; they are within 1.3e-8 for s up to 14.5, beyond which Φ(−s) is 0 in float, and within 3.7e-17 up to 39, as in
/// double.
template <class T>
inline constexpr auto normal_tail = [] {
  if constexpr (std::is_same_v<T, float>) {
    return std::array{0.7552851385F,    -0.6078966061F,   0.3871366798F,   -0.1865230059F,   0.06040646975F,
                      -0.007527212912F, -0.003523574056F, 0.001569313645F, 0.0001948018511F, -0.000122983157F};
  } else {
    return std::array{0.75528513041575148,      -0.607896641971891759,    0.387137400742218879,     -0.186521857959694163,
                      0.0603965748906994641,    -0.00754018896559305902,  -0.00347969236224253334,  0.0016308184418903596,
                      0.000133344254019049116,  -0.000231094818319376211, -1.90786653166135743e-6,  0.0000351441811577609727,
                      7.15005595921609866e-7,   -5.91889273176323645e-6,  -6.25132104047868019e-7,  1.01980485181351727e-6,
                      2.63682485764076251e-7,   -1.54263205367710739e-7,  -7.63808205349045035e-8,  1.45785933470364597e-8,
                      1.39240239935017101e-8,   7.26954547902668946e-11,  -9.65342542022850467e-10};
  }
}();

}  // namespace detail

template <class T>
struct NormalDistribution {
  Vector<T> probability, density;
};

/// Φ(x), whose rounding error is that of x²/2 in the exponent below zero, and its derivative. Requires x² finite; a NaN stays one.
template <class T>
[[gnu::always_inline]] inline NormalDistribution<T> normal_distribution(Vector<T> x) {
  constexpr const auto& tail = detail::normal_tail<T>;
  const Vector<T> one = broadcast(T{1}), zero = broadcast(T{0}), distance = max(x, zero - x);
  const Vector<T> w = one / (distance + broadcast(T{4})), v = (distance - broadcast(T{4})) * w;
  constexpr index_t last = tail.size() - 1;
  Vector<T> sum = broadcast(tail[last]);
#pragma GCC unroll 32
  for (index_t i = 1; i <= last; ++i) sum = fma(sum, v, broadcast(tail[last - i]));
  const Vector<T> bell = exponential<T>(x * x * broadcast(T{-0.5})), below = bell * (sum * w);
  constexpr T peak = static_cast<T>(0.398942280401432677939946059934L);  // 1/√(2π)
  return {select(x > zero, one - below, below), bell * broadcast(peak)};
}

}  // namespace taut::kernels::cpu
