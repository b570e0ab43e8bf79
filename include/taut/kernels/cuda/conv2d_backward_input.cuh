/// The input's gradient of a convolution whose groups are wide enough for products: one a class of input pixels.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cuda/gemm.cuh"
#include "taut/kernels/cuda/gradient_patch_operand.cuh"

namespace taut::kernels::cuda {

namespace detail {

/// The plan of every class: that of the largest, of the most pixels and the most taps.
template <class T>
constexpr GemmPlan plan_backward_input(const Conv2dGeometry& g, index_t rows) {
  const auto most_taps = [](const Window& window) {
    return divide_up(window.kernel, window.stride / std::gcd(window.dilation, window.stride));
  };
  const index_t pixels = rows * divide_up(g.in_height, g.vertical.stride) * divide_up(g.in_width, g.horizontal.stride);
  const index_t taps = most_taps(g.vertical) * most_taps(g.horizontal);
  return plan_gemm<T>({pixels, g.group_in_channels(), taps * g.group_out_channels(), g.groups});
}

}  // namespace detail

template <class T>
constexpr index_t wide_backward_input_workspace(const Conv2dGeometry& g, index_t rows) {
  const index_t parts = detail::plan_backward_input<T>(g, rows).parts;
  return parts > 1 ? parts * rows * g.in_size() : 0;
}

/// 2·rows·multiply_adds flops. Bytes: dy, the weight and dx once each, where the caches keep what taps and neighbouring blocks share.
template <class T, Precision precision>
void wide_backward_input(cudaStream_t stream, const Conv2dGeometry& g, index_t rows,
                         const T* dy,      // (rows, out_height, out_width, out_channels)
                         const T* weight,  // (kernel_height, kernel_width, in_channels / groups, out_channels)
                         T* dx,            // (rows, in_height, in_width, in_channels)
                         T* workspace) {   // (wide_backward_input_workspace)
  if (rows == 0) return;
  GemmPlan plan = detail::plan_backward_input<T>(g, rows);
  const bool whole = plan.parts == 1, vectors = g.group_out_channels() % 4 == 0 && aligned(dy) && aligned(weight);
  for (index_t class_h = 0; class_h < std::min(g.vertical.stride, g.in_height); ++class_h) {
    for (index_t class_w = 0; class_w < std::min(g.horizontal.stride, g.in_width); ++class_w) {
      const ClassAxis vertical(g.vertical, g.in_height, class_h), horizontal(g.horizontal, g.in_width, class_w);
      const index_t pixels = static_cast<index_t>(vertical.inputs * horizontal.inputs);
      const index_t taps = static_cast<index_t>(vertical.taps * horizontal.taps);
      const GemmSizes sizes{rows * pixels, g.group_in_channels(), taps * g.group_out_channels(), g.groups};
      plan.part_depth = std::max<index_t>(divide_up(divide_up(sizes.k, plan.parts), depth_step), 1) * depth_step;
      GemmOutput<T, ClassRows> output{whole ? dx : workspace, static_cast<int>(g.in_channels), static_cast<int>(g.group_in_channels()),
                                      static_cast<std::int64_t>(rows * g.in_size())};
      output.rows = ClassRows(g, vertical, horizontal);
      gemm_parts<precision>(stream, sizes, plan, GradientPatchOperand<T>(g, vertical, horizontal, dy),
                            TransposedWeightOperand<T>(g, vertical, horizontal, weight), output, vectors);
    }
  }
  if (whole) return;
  sum_parts<T>(stream, plan.parts, rows * g.in_size(), workspace, nullptr, g.in_channels, Activation::identity, dx);
}

}  // namespace taut::kernels::cuda
