/// few_channels: the forward pass of a convolution of images of few channels, by Winograd's algorithm down the columns alone.
///
/// With one input channel there is nothing to add up between the transforms of a square tile, and they cost what they save. Down the
/// columns, F(4, 3) makes six points of four output lines, each point a sum over the taps of one line: 18 multiplications where the
/// definition has 36, and 10 additions. Across the lines the window is taken as it is, whatever its width, stride and dilation.
/// Loops: task = band of one image → line of tiles → block of pixels → vector of output channels → point → input channel → column.
#pragma once

#include <algorithm>
#include <limits>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/conv2d_few_channels.hpp"
#include "taut/kernels/cpu/gemm_blocking.hpp"
#include "taut/kernels/cpu/simd.hpp"
#include "taut/kernels/cpu/winograd/plan.hpp"
#include "taut/kernels/cpu/winograd/transform.hpp"

namespace taut::kernels::cpu::winograd {

/// What it is for: windows three lines high. Requires few_channels(g).
constexpr bool lines_possible(const Conv2dGeometry& g) {
  return g.vertical.kernel == 3 && g.vertical.stride == 1 && g.vertical.dilation == 1;
}

template <Conv2dGeometry g, class T>
struct LinesPlan {
  static constexpr index_t m = 4, n = m + 2;
  static constexpr index_t padded_row = cpu::detail::FewChannels<g, T>::padded_row;
  static constexpr index_t tile_lines = parts(g.out_height(), m);
  /// Lines of tiles of a band: as many output lines as the direct way takes.
  static constexpr index_t band = std::max<index_t>(1, cpu::detail::FewChannels<g, T>::forward_lines / m);
  /// Output channels as the filter has them: whole vectors.
  static constexpr index_t filter_channels = parts(g.out_channels, width<T>) * width<T>;
  static constexpr index_t filter_point = g.horizontal.kernel * g.in_channels * filter_channels;
  static constexpr index_t padded_size = (band * m + 2) * padded_row;
  static constexpr index_t points_size = n * padded_row;

  /// Pixels of a block. Register budget of 16: 4 × 3 sums of points, 3 taps, a broadcast. On one core of an EPYC (Zen 3, AVX2, 2026-11-24),
  /// 1 → 32 channels of 48×48 at a batch of 64, in GFLOP/s of the direct algorithm: 95 with 3, 91 with 2, 82 by conv2d_few_channels;
  /// on one image, whose output stays in L2, 108, 99 and 91.
  static constexpr index_t pixels = (vector_registers - 4) / 4;

  /// What a task keeps on its stack.
  static constexpr index_t stack_bytes = (padded_size + points_size + n * filter_point) * sizeof(T);
};

/// The cost model: multiplications and, for each input channel's worth of them, the additions that make four lines of six points.
constexpr bool lines_pay(const Conv2dGeometry& g) {
  if (!lines_possible(g)) return false;
  const index_t taps = g.horizontal.kernel * g.in_channels;
  return parts(g.out_height(), 4) * (6 * taps + 10) < g.out_height() * 3 * taps;
}

namespace detail {

/// The filter of one task: G applied to each column of the window.
template <Conv2dGeometry g, class T>
void transform_lines_filter(const T* weight,  // (3, kernel_width, in_channels, out_channels)
                            T* filter) {      // (n, kernel_width, in_channels, filter_channels)
  using P = LinesPlan<g, T>;
  constexpr index_t columns = g.horizontal.kernel * g.in_channels;
  for (index_t column = 0; column < columns; ++column) {
    for_each_vector<g.out_channels, T>([&](index_t channel, auto lanes) {
      Vector<T> in[3], out[P::n];
      for (index_t i = 0; i < 3; ++i) in[i] = load_lanes<lanes>(weight + (i * columns + column) * g.out_channels + channel);
      multiply<Transforms<P::m>::filter, T>(in, out);
      for (index_t i = 0; i < P::n; ++i) store_vector(filter + i * P::filter_point + column * P::filter_channels + channel, out[i]);
    });
  }
}

/// The points of one line of tiles.
template <Conv2dGeometry g, class T>
void transform_lines(const T* padded,  // (n, padded_row)
                     T* points) {      // (n, padded_row)
  using P = LinesPlan<g, T>;
  const auto transform_lanes = [&](index_t i, auto lanes) {
    Vector<T> in[P::n], out[P::n];
    for (index_t line = 0; line < P::n; ++line) in[line] = load_lanes<lanes>(padded + line * P::padded_row + i);
    multiply<Transforms<P::m>::input, T>(in, out);
    for (index_t line = 0; line < P::n; ++line) store_lanes<lanes>(points + line * P::padded_row + i, out[line]);
  };
  if constexpr (P::padded_row < width<T>) {
    transform_lanes(0, std::integral_constant<index_t, P::padded_row>{});
  } else {
    // The last vector overlaps the one before it: cheaper than a part of one.
    for (index_t i = 0; i < P::padded_row; i += width<T>) {
      transform_lanes(std::min(i, P::padded_row - width<T>), std::integral_constant<index_t, width<T>>{});
    }
  }
}

/// sums = start + one point of `pixels` pixels, a vector of output channels each.
template <Conv2dGeometry g, index_t pixels, class T>
[[gnu::always_inline]] inline void sum_point(const T* patch,   // that point's line, where the first pixel's taps begin
                                             const T* filter,  // that point's, from these channels on
                                             Vector<T> start, Vector<T>* sums) {
  using P = LinesPlan<g, T>;
  constexpr index_t kernel = g.horizontal.kernel, dilation = g.horizontal.dilation, stride = g.horizontal.stride;
  constexpr index_t columns = (pixels - 1) * stride + g.horizontal.span();
#pragma GCC unroll 32
  for (index_t i = 0; i < pixels; ++i) sums[i] = start;
  for (index_t channel = 0; channel < g.in_channels; ++channel) {
    Vector<T> taps[kernel];
#pragma GCC unroll 32
    for (index_t kw = 0; kw < kernel; ++kw) {
      taps[kw] = in_register(load_vector(filter + (kw * g.in_channels + channel) * P::filter_channels));
    }
#pragma GCC unroll 128
    for (index_t column = 0; column < columns; ++column) {
      const Vector<T> x = in_register(broadcast(patch[column * g.in_channels + channel]));
#pragma GCC unroll 32
      for (index_t kw = 0; kw < kernel; ++kw) {
        const index_t first = column - kw * dilation, i = first / stride;
        if (column >= kw * dilation && first % stride == 0 && i < pixels) sums[i] = fma(x, taps[kw], sums[i]);
      }
    }
  }
}

/// Four lines of `pixels` pixels, `lanes` output channels of each; of lines beyond the image nothing is written.
template <Conv2dGeometry g, index_t pixels, index_t lanes, bool relu, class T>
[[gnu::always_inline]] inline void lines_tile(const T* patch, const T* filter, Vector<T> bias, index_t lines, T* y) {
  using P = LinesPlan<g, T>;
  constexpr index_t line_step = g.out_width() * g.out_channels;
  const auto point = [&](index_t k, Vector<T> start, Vector<T>* sums) __attribute__((always_inline)) {
    sum_point<g, pixels>(patch + k * P::padded_row, filter + k * P::filter_point, start, sums);
  };
  const auto store = [&](index_t line, index_t i, Vector<T> value) __attribute__((always_inline)) {
    if constexpr (relu) value = max(broadcast(T{0}), value);
    if (line < lines) store_lanes<lanes>(y + line * line_step + i * g.out_channels, value);
  };
  // Of the points ±1 and ±2, even lines have the sums and odd lines the differences, so that the bias of point 1 is all lines'.
  Vector<T> even[pixels], odd[pixels], even_twos[pixels], odd_twos[pixels];
  const auto pair = [&](index_t k, Vector<T> start, Vector<T>* sums, Vector<T>* differences) __attribute__((always_inline)) {
    Vector<T> negative[pixels];
    point(k, start, sums);
    point(k + 1, broadcast(T{0}), negative);
#pragma GCC unroll 32
    for (index_t i = 0; i < pixels; ++i) {
      differences[i] = sums[i] - negative[i];
      sums[i] = sums[i] + negative[i];
    }
  };
  pair(1, bias, even, odd);
  pair(3, broadcast(T{0}), even_twos, odd_twos);
#pragma GCC unroll 32
  for (index_t i = 0; i < pixels; ++i) {
    store(1, i, fma(broadcast(T{2}), odd_twos[i], odd[i]));
    store(2, i, fma(broadcast(T{4}), even_twos[i], even[i]));
    odd[i] = fma(broadcast(T{8}), odd_twos[i], odd[i]);
    even[i] = even[i] + even_twos[i];
  }
  Vector<T> rest[pixels];
  point(0, broadcast(T{0}), rest);
#pragma GCC unroll 32
  for (index_t i = 0; i < pixels; ++i) store(0, i, even[i] + rest[i]);
  point(5, broadcast(T{0}), rest);
#pragma GCC unroll 32
  for (index_t i = 0; i < pixels; ++i) store(3, i, odd[i] + rest[i]);
}

/// One line of tiles.
template <Conv2dGeometry g, bool relu, class T>
void tile_line(const T* points, const T* filter, const T* bias, index_t lines, T* y) {
  using P = LinesPlan<g, T>;
  constexpr EvenSplit blocks{g.out_width(), P::pixels};
  constexpr index_t large = (g.out_width() + blocks.parts() - 1) / blocks.parts(), small = g.out_width() / blocks.parts();
  for (index_t b = 0; b < blocks.parts(); ++b) {
    const T* const patch = points + blocks.begin(b) * g.horizontal.stride * g.in_channels;
    T* const to = y + blocks.begin(b) * g.out_channels;
    for_each_vector<g.out_channels, T>([&](index_t channel, auto lanes) {
      const Vector<T> own_bias = bias == nullptr ? broadcast(T{0}) : load_lanes<lanes>(bias + channel);
      if (large == small || blocks.size(b) == large) {
        lines_tile<g, large, lanes, relu>(patch, filter + channel, own_bias, lines, to + channel);
      } else {
        lines_tile<g, small, lanes, relu>(patch, filter + channel, own_bias, lines, to + channel);
      }
    });
  }
}

}  // namespace detail

/// y = activation(x * weight + bias). Requires few_channels(g), lines_possible(g). Ensures: bits independent of the number of threads.
template <Conv2dGeometry g, class T, class Threads>
void few_channels_forward(Threads& threads, index_t rows,
                          const T* x,       // (rows, in_height, in_width, in_channels)
                          const T* weight,  // (3, kernel_width, in_channels, out_channels)
                          const T* bias,    // (out_channels) or null
                          Activation activation,
                          T* y) {  // (rows, out_height, out_width, out_channels)
  using P = LinesPlan<g, T>;
  constexpr index_t bands = parts(P::tile_lines, P::band);
  const auto task = [&](index_t i) {
    const index_t row = i / bands, begin = i % bands * P::band, end = std::min(P::tile_lines, begin + P::band);
    alignas(64) T padded[P::padded_size];
    alignas(64) T points[P::points_size];
    alignas(64) T filter[P::n * P::filter_point];
    detail::transform_lines_filter<g>(weight, filter);
    cpu::detail::copy_padded<g>(x + row * g.in_size(), begin * P::m, (end - begin) * P::m, padded);
    for (index_t line = begin; line < end; ++line) {
      detail::transform_lines<g>(padded + (line - begin) * P::m * P::padded_row, points);
      const index_t lines = std::min(P::m, g.out_height() - line * P::m);
      T* const to = y + row * g.out_size() + line * P::m * g.out_width() * g.out_channels;
      if (activation == Activation::relu) {
        detail::tile_line<g, true>(points, filter, bias, lines, to);
      } else {
        detail::tile_line<g, false>(points, filter, bias, lines, to);
        constexpr index_t out_line = g.out_width() * g.out_channels;
        if (activates_stored(activation)) activate_stored(activation, to, lines, out_line, out_line);
      }
    }
  };
  if (rows * g.multiply_adds() >= parallel_multiply_adds) return threads.run(rows * bands, task);
  for (index_t i = 0; i < rows * bands; ++i) task(i);
}

}  // namespace taut::kernels::cpu::winograd
