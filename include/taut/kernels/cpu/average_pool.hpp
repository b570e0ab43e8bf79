/// average_pool: the mean of each window, and its gradient gathered pixel by pixel. Lanes are channels.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/image_lines.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// Vectors of channels whose sums grow side by side: one chain of additions alone would wait for its latency.
inline constexpr index_t average_vectors = 4;

/// y of one output pixel.
template <AveragePoolGeometry g, class T>
void window_average(index_t line, index_t column,
                    const T* x,  // (in_height, in_width, channels)
                    T* y) {      // (channels)
  const IndexRange lines = g.vertical.covered(line, g.in_height), columns = g.horizontal.covered(column, g.in_width);
  const Vector<T> zero = broadcast(T{0}), share = broadcast(T{1} / static_cast<T>(g.divisor(line, column)));
  for_each_group<g.channels, average_vectors, T>([&](index_t channel, auto group, auto lanes) {
    constexpr index_t vectors = group;
    Vector<T> sum[vectors];
#pragma GCC unroll 4
    for (index_t v = 0; v < vectors; ++v) sum[v] = zero;
    for (index_t h = lines.begin; h < lines.end; ++h) {
      for (index_t w = columns.begin; w < columns.end; ++w) {
        const T* const pixel = x + (h * g.in_width + w) * g.channels + channel;
#pragma GCC unroll 4
        for (index_t v = 0; v < vectors; ++v) sum[v] = sum[v] + load_lanes<lanes>(pixel + v * width<T>);
      }
    }
#pragma GCC unroll 4
    for (index_t v = 0; v < vectors; ++v) store_lanes<lanes>(y + channel + v * width<T>, sum[v] * share);
  });
}

/// dx of one input pixel: a share of dy of each window that covers it.
template <AveragePoolGeometry g, class T>
void covering_gradient(index_t line, index_t column,
                       const T* dy,  // (out_height, out_width, channels)
                       T* dx) {      // (channels)
  const IndexRange lines = g.vertical.covering(line, g.in_height), columns = g.horizontal.covering(column, g.in_width);
  const Vector<T> zero = broadcast(T{0});
  for_each_group<g.channels, average_vectors, T>([&](index_t channel, auto group, auto lanes) {
    constexpr index_t vectors = group;
    Vector<T> sum[vectors];
#pragma GCC unroll 4
    for (index_t v = 0; v < vectors; ++v) sum[v] = zero;
    for (index_t h = lines.begin; h < lines.end; ++h) {
      for (index_t w = columns.begin; w < columns.end; ++w) {
        const T* const window = dy + (h * g.out_width() + w) * g.channels + channel;
        const Vector<T> share = broadcast(T{1} / static_cast<T>(g.divisor(h, w)));
#pragma GCC unroll 4
        for (index_t v = 0; v < vectors; ++v) sum[v] = fma(share, load_lanes<lanes>(window + v * width<T>), sum[v]);
      }
    }
#pragma GCC unroll 4
    for (index_t v = 0; v < vectors; ++v) store_lanes<lanes>(dx + channel + v * width<T>, sum[v]);
  });
}

}  // namespace detail

template <AveragePoolGeometry g, class T, class Threads>
void average_pool_forward(Threads& threads, index_t rows,
                          const T* x,  // (rows, in_height, in_width, channels)
                          T* y) {      // (rows, out_height, out_width, channels)
  constexpr index_t line_size = g.out_width() * g.channels;
  for_each_line(threads, rows, g.out_height(), g.in_width * g.channels * g.vertical.kernel, [&](index_t row, index_t line) {
    for (index_t column = 0; column < g.out_width(); ++column) {
      detail::window_average<g>(line, column, x + row * g.in_size(), y + row * g.out_size() + line * line_size + column * g.channels);
    }
  });
}

/// dx, every pixel of it written once.
template <AveragePoolGeometry g, class T, class Threads>
void average_pool_backward(Threads& threads, index_t rows,
                           const T* dy,  // (rows, out_height, out_width, channels)
                           T* dx) {      // (rows, in_height, in_width, channels)
  constexpr index_t line_size = g.in_width * g.channels;
  for_each_line(threads, rows, g.in_height, line_size, [&](index_t row, index_t line) {
    for (index_t column = 0; column < g.in_width; ++column) {
      detail::covering_gradient<g>(line, column, dy + row * g.out_size(), dx + row * g.in_size() + line * line_size + column * g.channels);
    }
  });
}

}  // namespace taut::kernels::cpu
