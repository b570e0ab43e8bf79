/// conv2d: chooses, while compiling, how each pass of a convolution is done on the CPU.
#pragma once

#include <algorithm>

#include "taut/kernels/cpu/conv2d_backward_weight.hpp"
#include "taut/kernels/cpu/conv2d_columns.hpp"
#include "taut/kernels/cpu/conv2d_gather.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// A tile's rows are pixels of one line. On lines shorter than this (an image of 3×3 pixels) most of a tile would be idle,
/// and a column matrix, whose rows run on from line to line and image to image, is faster.
inline constexpr index_t shortest_line = 4;

template <GatherGeometry g, class Gemm>
inline constexpr bool gathers = Gemm::direct_convolution && g.horizontal.count(0) >= shortest_line;

template <GatherGeometry g, class T, class Gemm>
constexpr index_t gather_workspace(index_t rows) {
  if constexpr (gathers<g, Gemm>) {
    return conv2d_gather_workspace<g, T>();
  } else {
    return conv2d_columns_workspace<g, T, Gemm>(rows);
  }
}

template <GatherGeometry g, class T, class Gemm, class Threads>
void gather(Threads& threads, index_t rows, const T* in, const T* weight, const T* bias, Activation activation, T* out, T* workspace) {
  if constexpr (gathers<g, Gemm>) {
    conv2d_gather<g>(threads, rows, in, weight, bias, activation, out, workspace);
  } else {
    conv2d_columns<g, T, Gemm>(threads, rows, in, weight, bias, activation, out, workspace);
  }
}

/// Lines of several thousand pixels wouldn't fit the stack of a thread; they go through a column matrix too.
inline constexpr index_t most_stack_bytes = 512 * 1024;

template <Conv2dGeometry g, class T, class Gemm>
inline constexpr bool sweeps =
    Gemm::direct_convolution && g.out_width() >= shortest_line && WeightPlan<g, T>::stack_bytes <= most_stack_bytes;

}  // namespace detail

/// Elements of workspace for `rows` samples, enough for each of the three passes.
template <Conv2dGeometry g, class T, class Gemm>
constexpr index_t conv2d_workspace(index_t rows) {
  const index_t gathering = std::max(detail::gather_workspace<gather_forward(g), T, Gemm>(rows),
                                     detail::gather_workspace<gather_backward_input(g), T, Gemm>(rows));
  if constexpr (detail::sweeps<g, T, Gemm>) {
    return std::max(gathering, conv2d_backward_weight_workspace<g, T>(rows));
  } else {
    return std::max(gathering, conv2d_columns_backward_weight_workspace<g, T, Gemm>(rows));
  }
}

template <Conv2dGeometry g, class T, class Gemm, class Threads>
void conv2d_forward(Threads& threads, index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y,
                    T* workspace) {
  detail::gather<gather_forward(g), T, Gemm>(threads, rows, x, weight, bias, activation, y, workspace);
}

template <Conv2dGeometry g, class T, class Gemm, class Threads>
void conv2d_backward_input(Threads& threads, index_t rows, const T* dy, const T* weight, T* dx, T* workspace) {
  detail::gather<gather_backward_input(g), T, Gemm>(threads, rows, dy, weight, static_cast<const T*>(nullptr), Activation::identity, dx,
                                                    workspace);
}

template <Conv2dGeometry g, class T, class Gemm, class Threads>
void conv2d_gradient_of_weight(Threads& threads, index_t rows, const T* x, const T* dy, T* dweight, T* dbias, T* workspace) {
  if constexpr (detail::sweeps<g, T, Gemm>) {
    conv2d_backward_weight<g>(threads, rows, x, dy, dweight, dbias, workspace);
  } else {
    conv2d_columns_backward_weight<g, T, Gemm>(threads, rows, x, dy, dweight, dbias, workspace);
  }
}

}  // namespace taut::kernels::cpu
