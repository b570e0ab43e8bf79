/// Cpu growth: what the CPU's transforms may lose.
#pragma once

#include <cmath>

#include "ops/algorithm_growth.hpp"
#include "taut/device/cpu.hpp"

namespace ops {

/// Winograd's transforms. A rounding error of one point spreads like the point itself: with independent errors (see tolerance.hpp) the
/// squares add up to S = Σ over points of ‖output column‖² ‖filter row‖² ‖input row‖² along each axis, against 3·m for the 3·m products
/// that m outputs are the sum of. The same holds for both gradients, whose transforms are the transposes. A single element may be where
/// all of S goes. These are the roots: of S² for tiles of m×m, of S where one axis alone is transformed.
template <taut::index_t m>
constexpr double winograd_sum() {
  using F = taut::kernels::cpu::winograd::Transforms<m>;
  double sum = 0;
  for (taut::index_t point = 0; point < F::n; ++point) {
    double output = 0, filter = 0, input = 0;
    for (taut::index_t k = 0; k < m; ++k) output += F::output.values[k][point] * F::output.values[k][point];
    for (taut::index_t k = 0; k < 3; ++k) filter += F::filter.values[point][k] * F::filter.values[point][k];
    for (taut::index_t k = 0; k < F::n; ++k) input += F::input.values[point][k] * F::input.values[point][k];
    sum += output * filter * input;
  }
  return sum;
}

template <taut::index_t m>
constexpr Growth winograd_growth() {
  return {winograd_sum<m>(), winograd_sum<m>() / static_cast<double>(3 * m)};
}

inline Growth winograd_lines_growth() {
  return {std::sqrt(winograd_sum<4>()), std::sqrt(winograd_sum<4>() / 12)};
}

template <class Gemm, class Threads, taut::ConvolutionAlgorithm algorithm, class T, taut::Conv2dGeometry g>
struct ConvolutionGrowth<taut::Cpu<Gemm, Threads, algorithm>, T, g> {
  static constexpr Growth backward = [] {
    if constexpr (taut::kernels::cpu::uses_winograd<g, T, Gemm, algorithm>) return winograd_growth<taut::kernels::cpu::winograd::best_m(g)>();
    return Growth{};
  }();
  static inline const Growth forward =
      taut::kernels::cpu::transforms_lines<g, T, Gemm, algorithm> ? winograd_lines_growth() : backward;
};

}  // namespace ops
