/// conv2d_few_channels: convolution of images of few channels, where one tap is too short a run to be worth a loop of its own.
///
/// A band of output lines of one image reads a copy of its input lines with their padding, so that every pixel has all its taps.
/// Loops: task = band → line → vector of output channels → block of pixels → line of taps → input channel → input column.
#pragma once

#include <algorithm>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/activation.hpp"
#include "taut/kernels/cpu/gemm_blocking.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// Pixels of a tile, one vector of output channels wide: as many accumulators as two FMA ports × latency 4 ask for.
/// Register budget of 16: 8 accumulators, 3 taps of a line, a broadcast. Each broadcast serves every tap that reads its column: 13 loads
/// for 24 multiply-adds. On one core of an EPYC (Zen 3, AVX2, 2026-11-24), 1 → 32 channels of 48×48 at a batch of 64: 83 GFLOP/s with 8,
/// 81 with 6, 78 with 10, 73 with 12; with tiles of 6 pixels × 2 vectors, whose taps don't share, 53.
inline constexpr index_t few_channels_pixels = 8;

template <Conv2dGeometry g, class T>
struct FewChannels {
  static constexpr index_t in_row = g.in_width * g.in_channels;
  static constexpr index_t out_row = g.out_width() * g.out_channels;
  static constexpr index_t padded_row = (g.in_width + 2 * g.horizontal.padding) * g.in_channels;
  static constexpr index_t depth = g.taps() * g.in_channels;

  /// Elements of the copy that `lines` output lines read.
  static constexpr index_t padded_size(index_t lines) { return ((lines - 1) * g.vertical.stride + g.vertical.span()) * padded_row; }

  /// Output lines of a band: forward, so many that copying the lines between two bands twice costs little.
  static constexpr index_t forward_lines = std::min<index_t>(g.out_height(), 16);
  /// Backward, the lines of dy are swept once a tile: they stay in L1.
  static constexpr index_t backward_lines =
      std::max<index_t>(1, std::min<index_t>(g.out_height(), panel_bytes * 3 / 4 / (out_row * sizeof(T))));

  /// What a task keeps on its stack.
  static constexpr index_t stack_bytes = padded_size(std::max(forward_lines, backward_lines)) * sizeof(T);
};

/// padded = the input lines of one image that output lines [line, line + lines) read, with zeros around.
template <Conv2dGeometry g, class T>
void copy_padded(const T* image, index_t line, index_t lines, T* padded) {
  using Plan = FewChannels<g, T>;
  constexpr index_t side = g.horizontal.padding * g.in_channels;
  const index_t first = line * g.vertical.stride, last = first + (lines - 1) * g.vertical.stride + g.vertical.span();
  for (index_t l = first; l < last; ++l, padded += Plan::padded_row) {
    if (l < g.vertical.padding || l >= g.vertical.padding + g.in_height) {
      std::fill_n(padded, Plan::padded_row, T{0});
      continue;
    }
    std::fill_n(padded, side, T{0});
    std::copy_n(image + (l - g.vertical.padding) * Plan::in_row, Plan::in_row, padded + side);
    std::fill_n(padded + side + Plan::in_row, side, T{0});
  }
}

/// `pixels` pixels of one line, `lanes` output channels of each.
template <Conv2dGeometry g, index_t pixels, index_t lanes, class T>
[[gnu::always_inline]] inline void few_channels_tile(const T* patch,   // the padded copy, where the first pixel's taps begin
                                                     const T* weight,  // (depth, out_channels), from these channels on
                                                     const T* bias,    // these channels, or null
                                                     Activation activation, T* out) {
  using Plan = FewChannels<g, T>;
  const bool relu = activation == Activation::relu;
  constexpr index_t kernel = g.horizontal.kernel, dilation = g.horizontal.dilation, stride = g.horizontal.stride;
  constexpr index_t columns = (pixels - 1) * stride + g.horizontal.span();
  const Vector<T> zero = broadcast(T{0}), start = bias == nullptr ? zero : load_lanes<lanes>(bias);
  Vector<T> c[pixels];
#pragma GCC unroll 32
  for (index_t i = 0; i < pixels; ++i) c[i] = start;
  for (index_t kh = 0; kh < g.vertical.kernel; ++kh, patch += g.vertical.dilation * Plan::padded_row) {
    for (index_t channel = 0; channel < g.in_channels; ++channel) {
      Vector<T> taps[kernel];
#pragma GCC unroll 32
      for (index_t kw = 0; kw < kernel; ++kw) {
        taps[kw] = load_lanes<lanes>(weight + ((kh * kernel + kw) * g.in_channels + channel) * g.out_channels);
      }
#pragma GCC unroll 128
      for (index_t column = 0; column < columns; ++column) {
        const Vector<T> x = broadcast(patch[column * g.in_channels + channel]);
#pragma GCC unroll 32
        for (index_t kw = 0; kw < kernel; ++kw) {
          const index_t first = column - kw * dilation, i = first / stride;
          if (column >= kw * dilation && first % stride == 0 && i < pixels) c[i] = fma(x, taps[kw], c[i]);
        }
      }
    }
  }
#pragma GCC unroll 32
  for (index_t i = 0; i < pixels; ++i) {
    if (relu) c[i] = max(zero, c[i]);
    store_lanes<lanes>(out + i * g.out_channels, c[i]);
  }
}

/// One output line.
template <Conv2dGeometry g, class T>
void few_channels_line(const T* patches, const T* weight, const T* bias, Activation activation, T* out) {
  constexpr EvenSplit blocks{g.out_width(), few_channels_pixels};
  constexpr index_t large = (g.out_width() + blocks.parts() - 1) / blocks.parts(), small = g.out_width() / blocks.parts();
  for_each_vector<g.out_channels, T>([&](index_t channel, auto lanes) {
    const T* const own_bias = bias == nullptr ? nullptr : bias + channel;
    for (index_t b = 0; b < blocks.parts(); ++b) {
      const T* const patch = patches + blocks.begin(b) * g.horizontal.stride * g.in_channels;
      T* const to = out + blocks.begin(b) * g.out_channels + channel;
      if (large == small || blocks.size(b) == large) {
        few_channels_tile<g, large, lanes>(patch, weight + channel, own_bias, activation, to);
      } else {
        few_channels_tile<g, small, lanes>(patch, weight + channel, own_bias, activation, to);
      }
    }
  });
  if (activates_stored(activation)) activate_stored(activation, out, 1, FewChannels<g, T>::out_row, FewChannels<g, T>::out_row);
}

}  // namespace detail

/// Whether an image counts as having few channels: a tap's channels, one after the other, would be a loop of that many rounds.
constexpr bool few_channels(const Conv2dGeometry& g) { return g.groups == 1 && g.in_channels <= 4; }

/// y = activation(x * weight + bias). Requires few_channels(g). Ensures: bits independent of the number of threads.
template <Conv2dGeometry g, class T, class Threads>
void conv2d_few_channels(Threads& threads, index_t rows,
                         const T* x,       // (rows, in_height, in_width, in_channels)
                         const T* weight,  // (kernel_height, kernel_width, in_channels, out_channels)
                         const T* bias,    // (out_channels) or null
                         Activation activation,
                         T* y) {  // (rows, out_height, out_width, out_channels)
  using Plan = detail::FewChannels<g, T>;
  constexpr index_t bands = (g.out_height() + Plan::forward_lines - 1) / Plan::forward_lines;
  const auto task = [&](index_t i) {
    const index_t row = i / bands, begin = i % bands * Plan::forward_lines, end = std::min(g.out_height(), begin + Plan::forward_lines);
    alignas(64) T padded[Plan::padded_size(Plan::forward_lines)];
    detail::copy_padded<g>(x + row * g.in_size(), begin, end - begin, padded);
    for (index_t line = begin; line < end; ++line) {
      detail::few_channels_line<g>(padded + (line - begin) * g.vertical.stride * Plan::padded_row, weight, bias, activation,
                                   y + row * g.out_size() + line * Plan::out_row);
    }
  };
  if (rows * g.multiply_adds() >= parallel_multiply_adds) return threads.run(rows * bands, task);
  for (index_t i = 0; i < rows * bands; ++i) task(i);
}

}  // namespace taut::kernels::cpu
