/// norm_pool_sums: dgamma and dbeta of a batch norm behind which windows may be pooled: the first pass of norm_pool_backward.
#pragma once

#include <cstdint>

#include "taut/core/geometry.hpp"
#include "taut/device/device.hpp"
#include "taut/kernels/cpu/activation.hpp"
#include "taut/kernels/cpu/norm_pool_forward.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// Whether each pixel belongs to one window at most, and the first window begins at the first pixel.
constexpr bool separate_windows(const NormPoolGeometry& g) {
  return g.vertical.kernel <= g.vertical.stride && g.horizontal.kernel <= g.horizontal.stride && g.vertical.padding == 0 &&
         g.horizontal.padding == 0;
}

/// Without a pool every pixel is its own window: what overlapping pools become once they are spread.
constexpr NormPoolGeometry without_pool(NormPoolGeometry g) {
  g.vertical = g.horizontal = Window{};
  return g;
}

/// Cells of separate windows: one a window, and more where pixels remain behind the last window.
template <NormPoolGeometry g>
struct Cells {
  static constexpr index_t lines = (g.in_height + g.vertical.stride - 1) / g.vertical.stride;
  static constexpr index_t columns = (g.in_width + g.horizontal.stride - 1) / g.horizontal.stride;
  static constexpr bool exact = lines * g.vertical.stride == g.in_height && columns * g.horizontal.stride == g.in_width &&
                                lines == g.out_height() && columns == g.out_width();
};

/// The gradient where a pixel's activation let it through. `spread`: dy is already the gradient of each pixel, activation included.
template <NormPoolGeometry g, bool spread, class T>
[[gnu::always_inline]] inline Vector<T> through_pixel(Vector<T> dy, Vector<T> x, Vector<T> scale, Vector<T> shift) {
  if constexpr (spread) return dy;
  if constexpr (g.normalize) x = fma(scale, x, shift);
  return through_activation<g.activation.kind, T>(dy, x, static_cast<T>(g.activation.negative_slope));
}

template <NormPoolGeometry g>
constexpr index_t gradient_blocks(index_t rows) {
  return (rows * Cells<g>::lines + pool_task_lines<g>() - 1) / pool_task_lines<g>();
}

/// Vectors of channels whose sums grow side by side: one chain of additions alone would wait for its latency.
/// Register budget of 16: 4 × 2 sums, and gradient, chosen element, x and a comparison of the vector at hand.
inline constexpr index_t gradient_vectors = 4;

/// Σ d and Σ d·(x − mean) over cell lines [begin, end). Only the chosen element of a window adds anything.
template <NormPoolGeometry g, bool spread, class T>
void gradient_sums(index_t begin, index_t end, const T* x, const T* dy, const std::uint8_t* argmax, const BatchNormVectors<T>& norm,
                   T* sums,            // (channels)
                   T* product_sums) {  // (channels)
  const Vector<T> zero = broadcast(T{0});
  for_each_group<g.channels, gradient_vectors, T>([&](index_t channel, auto group, auto lanes) {
    constexpr index_t vectors = group;
    Vector<T> sum[vectors], product_sum[vectors];
#pragma GCC unroll 4
    for (index_t v = 0; v < vectors; ++v) sum[v] = product_sum[v] = zero;
    for (index_t line = begin; line < end; ++line) {
      const index_t row = line / Cells<g>::lines, out_line = line % Cells<g>::lines;
      // Nothing is to be added where a cell has no window.
      if (out_line >= g.out_height()) continue;
      for (index_t column = 0; column < g.out_width(); ++column) {
        const index_t pixel = (out_line * g.vertical.stride * g.in_width + column * g.horizontal.stride) * g.channels;
        const T* const window = x + row * g.in_size() + pixel + channel;
        const index_t out = row * g.out_size() + (out_line * g.out_width() + column) * g.channels + channel;
#pragma GCC unroll 4
        for (index_t v = 0; v < vectors; ++v) {
          const index_t c = v * width<T>;
          Vector<T> value = load_lanes<lanes>(window + c), gradient = load_lanes<lanes>(dy + out + c);
          if constexpr (g.pools()) {
            const Vector<T> chosen = load_bytes<lanes, T>(argmax + out + c);
            for (index_t element = 1; element < g.vertical.kernel * g.horizontal.kernel; ++element) {
              const index_t kh = element / g.horizontal.kernel, kw = element % g.horizontal.kernel;
              const Vector<T> here = load_lanes<lanes>(window + (kh * g.in_width + kw) * g.channels + c);
              value = select(chosen == broadcast(static_cast<T>(element)), here, value);
            }
            if constexpr (g.activation == Activation::relu) {
              gradient = select(chosen == broadcast(static_cast<T>(no_element)), zero, gradient);
            }
          }
          if constexpr (!(g.pools() && g.activation == Activation::relu)) {
            gradient = through_pixel<g, spread, T>(gradient, value, load_lanes<lanes>(norm.scale + channel + c),
                                                   load_lanes<lanes>(norm.shift + channel + c));
          }
          sum[v] = sum[v] + gradient;
          product_sum[v] = fma(gradient, value - load_lanes<lanes>(norm.mean + channel + c), product_sum[v]);
        }
      }
    }
#pragma GCC unroll 4
    for (index_t v = 0; v < vectors; ++v) {
      store_lanes<lanes>(sums + channel + v * width<T>, sum[v]);
      store_lanes<lanes>(product_sums + channel + v * width<T>, product_sum[v]);
    }
  });
}

/// dbeta and dgamma: blocks of cell lines in T, joined in double in the order of the blocks.
template <NormPoolGeometry g, bool spread, class T, class Threads>
void norm_pool_sums(Threads& threads, index_t rows, const T* x, const T* dy, const std::uint8_t* argmax, const BatchNormVectors<T>& norm,
                    T* dgamma, T* dbeta, T* workspace /* (blocks, 2, channels) */) {
  const auto task = [&](index_t begin, index_t end, index_t block) {
    T* const sums = workspace + 2 * block * g.channels;
    gradient_sums<g, spread>(begin, end, x, dy, argmax, norm, sums, sums + g.channels);
  };
  serial_or_parallel_blocks(threads, rows * g.in_size(), rows * Cells<g>::lines, pool_task_lines<g>(), task);
  double joined[2 * g.channels] = {};
  for (index_t block = 0; block < gradient_blocks<g>(rows); ++block) {
    for (index_t i = 0; i < 2 * g.channels; ++i) joined[i] += static_cast<double>(workspace[2 * block * g.channels + i]);
  }
  for (index_t c = 0; c < g.channels; ++c) {
    dbeta[c] = static_cast<T>(joined[c]);
    dgamma[c] = static_cast<T>(joined[g.channels + c] * static_cast<double>(norm.inv_std[c]));
  }
}

}  // namespace detail

}  // namespace taut::kernels::cpu
