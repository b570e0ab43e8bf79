/// conv2d_columns: convolution as a product with an explicit column matrix (im2col), for a Gemm that knows matrices alone.
///
/// Pixels are taken in chunks whose columns fit the workspace; a column matrix is (pixels, kernel_height · kernel_width · channels).
#pragma once

#include <algorithm>

#include "taut/kernels/cpu/column_sums.hpp"
#include "taut/kernels/cpu/gather_geometry.hpp"
#include "taut/kernels/cpu/microkernel.hpp"
#include "taut/kernels/cpu/pack.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// Elements of a chunk's column matrix: 1 MiB of floats, half an L2 cache.
inline constexpr index_t column_elements = 256 * 1024;

template <GatherGeometry g>
constexpr index_t chunk_pixels(index_t rows) {
  return std::min(rows * g.out_pixels(), std::max<index_t>(16, column_elements / g.depth()));
}

/// columns (pixels, taps · group_in_channels): what the output pixels from `first` on gather in one group; zero for padding.
template <GatherGeometry g, class T, class Threads>
void fill_columns(Threads& threads, const T* in, index_t group, index_t first, index_t pixels, T* columns) {
  constexpr index_t depth = g.group_in_channels();
  const auto task = [&](index_t begin, index_t end, index_t) {
    for (index_t i = begin; i < end; ++i) {
      const index_t pixel = (first + i) % g.out_pixels();
      const T* image = in + (first + i) / g.out_pixels() * g.in_size() + group * depth;
      const index_t line = pixel / g.horizontal.out_extent, column = pixel % g.horizontal.out_extent;
      const index_t line_phase = line % g.vertical.phases(), column_phase = column % g.horizontal.phases();
      const index_t line_step = line / g.vertical.phases(), column_step = column / g.horizontal.phases();
      T* to = columns + i * g.depth();
      for (index_t kh = 0; kh < g.vertical.window.kernel; ++kh) {
        for (index_t kw = 0; kw < g.horizontal.window.kernel; ++kw, to += depth) {
          if (!g.vertical.inside(line_phase, kh, line_step) || !g.horizontal.inside(column_phase, kw, column_step)) {
            std::fill_n(to, depth, T{0});
            continue;
          }
          const offset_t h = offset_t(line_step * g.vertical.in_step()) + g.vertical.shift(line_phase, kh);
          const offset_t w = offset_t(column_step * g.horizontal.in_step()) + g.horizontal.shift(column_phase, kw);
          std::copy_n(image + index_t(h) * g.in_row() + index_t(w) * g.in_channels, depth, to);
        }
      }
    }
  };
  serial_or_parallel_blocks(threads, pixels * g.depth(), pixels, 64, task);
}

/// The transposed weight of one group: (taps · its out_channels, its in_channels), `g` being the gradient's gather.
template <GatherGeometry g, class T>
void transpose_weight(const T* weight, index_t group, T* transposed) {
  constexpr index_t out = g.group_in_channels(), in = g.group_out_channels();  // of the convolution
  for (index_t tap = 0; tap < g.taps(); ++tap) {
    const T* from = weight + tap * in * g.in_channels + group * out;
    for (index_t i = 0; i < in; ++i) {
      for (index_t o = 0; o < out; ++o) transposed[(tap * out + o) * in + i] = from[i * g.in_channels + o];
    }
  }
}

}  // namespace detail

template <GatherGeometry g, class T, class Gemm>
constexpr index_t conv2d_columns_workspace(index_t rows) {
  const index_t pixels = detail::chunk_pixels<g>(rows);
  return pixels * g.depth() + (g.transposed ? g.depth() * g.group_out_channels() : 0) +
         Gemm::template workspace<T>(pixels, g.group_out_channels(), g.depth());
}

/// As conv2d_gather, by products of a column matrix with the weight.
template <GatherGeometry g, class T, class Gemm, class Threads>
void conv2d_columns(Threads& threads, index_t rows,
                    const T* in,      // (rows, in_height, in_width, in_channels)
                    const T* weight,  // (kernel_height, kernel_width, in_channels / groups, out_channels) of the convolution
                    const T* bias,    // (out_channels) or null
                    Activation activation,
                    T* out,  // (rows, out_height, out_width, out_channels)
                    T* workspace) {
  constexpr index_t depth = g.depth(), columns = g.group_out_channels();
  const index_t pixels = rows * g.out_pixels(), chunk = detail::chunk_pixels<g>(rows);
  T* const matrix = workspace;
  T* const transposed = matrix + chunk * depth;
  T* const rest = transposed + (g.transposed ? depth * columns : 0);
  for (index_t group = 0; group < g.groups; ++group) {
    const index_t channel = group * columns;
    MatrixView<T> b{weight + channel, g.out_channels, 1};
    if constexpr (g.transposed) {
      detail::transpose_weight<g>(weight, group, transposed);
      b = {transposed, columns, 1};
    }
    for (index_t first = 0; first < pixels; first += chunk) {
      const index_t count = std::min(chunk, pixels - first);
      detail::fill_columns<g>(threads, in, group, first, count, matrix);
      Gemm::template multiply<T>(threads, count, columns, depth, MatrixView<T>{matrix, depth, 1}, b,
                                 Epilogue<T>{bias == nullptr ? nullptr : bias + channel, activation, false},
                                 out + first * g.out_channels + channel, g.out_channels, rest);
    }
  }
}

template <Conv2dGeometry c, class T, class Gemm>
constexpr index_t conv2d_columns_backward_weight_workspace(index_t rows) {
  constexpr GatherGeometry g = gather_forward(c);
  const index_t pixels = detail::chunk_pixels<g>(rows);
  return std::max(pixels * g.depth() + Gemm::template workspace<T>(g.depth(), g.group_out_channels(), pixels),
                  column_sums_workspace(rows * g.out_pixels(), g.out_channels));
}

/// dweight and dbias by products of the transposed column matrix with dy.
template <Conv2dGeometry c, class T, class Gemm, class Threads>
void conv2d_columns_backward_weight(Threads& threads, index_t rows,
                                    const T* x,   // (rows, in_height, in_width, in_channels)
                                    const T* dy,  // (rows, out_height, out_width, out_channels)
                                    T* dweight,   // (kernel_height, kernel_width, in_channels / groups, out_channels)
                                    T* dbias,     // (out_channels) or null
                                    T* workspace) {
  constexpr GatherGeometry g = gather_forward(c);
  constexpr index_t depth = g.depth(), columns = g.group_out_channels();
  const index_t pixels = rows * g.out_pixels(), chunk = detail::chunk_pixels<g>(rows);
  if (rows == 0) std::fill_n(dweight, c.weight_size(), T{0});
  for (index_t group = 0; group < g.groups; ++group) {
    for (index_t first = 0; first < pixels; first += chunk) {
      const index_t count = std::min(chunk, pixels - first);
      detail::fill_columns<g>(threads, x, group, first, count, workspace);
      Gemm::template multiply<T>(threads, depth, columns, count, MatrixView<T>{workspace, 1, depth},
                                 MatrixView<T>{dy + first * g.out_channels + group * columns, g.out_channels, 1},
                                 Epilogue<T>{nullptr, Activation::identity, first != 0}, dweight + group * columns, g.out_channels,
                                 workspace + chunk * depth);
    }
  }
  if (dbias != nullptr) column_sums(threads, pixels, g.out_channels, dy, dbias, workspace);
}

}  // namespace taut::kernels::cpu
