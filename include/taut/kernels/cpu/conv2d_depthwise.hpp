/// conv2d_depthwise: a convolution whose channels don't mix, forward and, gathered the other way, to its input's gradient.
///
/// A SIMD lane is a channel. Nothing is summed over channels, so that an element costs as many multiply-adds as the kernel has taps and no
/// product of matrices is worth its packing. Loops: task = output line → channels, whose taps' weights stay in registers → pixels.
#pragma once

#include <algorithm>
#include <limits>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/activation.hpp"
#include "taut/kernels/cpu/gather_geometry.hpp"
#include "taut/kernels/cpu/gemm_blocking.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// Pixels of a phase that read an element through every tap that it reads at all.
template <GatherAxis axis>
constexpr GatherAxis::Range inner_pixels(index_t phase) {
  GatherAxis::Range inner{0, axis.count(phase)};
  for (index_t tap = 0; tap < axis.window.kernel; ++tap) {
    if (!axis.reads(phase, tap)) continue;
    const GatherAxis::Range range = axis.inside(phase, tap, 0, axis.count(phase));
    inner = {std::max(inner.begin, range.begin), std::min(inner.end, range.end)};
  }
  return inner.empty() ? GatherAxis::Range{0, 0} : inner;
}

/// The input lines that an output line reads, tap by tap; null where there is padding.
template <GatherGeometry g, class T>
struct DepthwiseLines {
  const T* lines[g.vertical.window.kernel];

  DepthwiseLines(const T* image /* (in_height, in_width, channels) */, index_t line) {
    const index_t phase = line % g.vertical.phases(), j = line / g.vertical.phases();
    for (index_t tap = 0; tap < g.vertical.window.kernel; ++tap) {
      const bool inside = g.vertical.inside(phase, tap, j);
      const offset_t at = inside ? offset_t(j * g.vertical.in_step()) + g.vertical.shift(phase, tap) : 0;
      lines[tap] = inside ? image + static_cast<index_t>(at) * g.in_row() : nullptr;
    }
  }
};

/// `pixels` neighbours of one phase, for one vector of channels. `checked`: some of their taps may lie outside.
/// Register budget of 16: 4 sums, a weight, an element.
template <GatherGeometry g, index_t phase, index_t pixels, bool checked, index_t lanes, class T>
[[gnu::always_inline]] inline void depthwise_tile(const DepthwiseLines<g, T>& in, const T* weight, Vector<T> bias, Vector<T> least,
                                                  index_t first, index_t channel, T* out /* (out_width, channels) */) {
  Vector<T> sums[pixels];
#pragma GCC unroll 8
  for (index_t p = 0; p < pixels; ++p) sums[p] = bias;
  for (index_t kh = 0; kh < g.vertical.window.kernel; ++kh) {
    if (in.lines[kh] == nullptr) continue;
#pragma GCC unroll 8
    for (index_t kw = 0; kw < g.horizontal.window.kernel; ++kw) {
      if (!g.horizontal.reads(phase, kw)) continue;
      const Vector<T> factor = load_lanes<lanes>(weight + (kh * g.horizontal.window.kernel + kw) * g.out_channels + channel);
#pragma GCC unroll 8
      for (index_t p = 0; p < pixels; ++p) {
        if (checked && !g.horizontal.inside(phase, kw, first + p)) continue;
        const auto at = static_cast<index_t>(offset_t((first + p) * g.horizontal.in_step()) + g.horizontal.shift(phase, kw));
        sums[p] = fma(factor, load_lanes<lanes>(in.lines[kh] + at * g.in_channels + channel), sums[p]);
      }
    }
  }
#pragma GCC unroll 8
  for (index_t p = 0; p < pixels; ++p) {
    store_lanes<lanes>(out + (phase + (first + p) * g.horizontal.phases()) * g.out_channels + channel, max(least, sums[p]));
  }
}

/// One phase of an output line, for one vector of channels.
template <GatherGeometry g, index_t phase, index_t lanes, class T>
void depthwise_phase(const DepthwiseLines<g, T>& in, const T* weight, Vector<T> bias, Vector<T> least, index_t channel, T* out) {
  constexpr index_t tile = 4;
  constexpr GatherAxis::Range inner = inner_pixels<g.horizontal>(phase);
  constexpr index_t count = g.horizontal.count(phase), tiled = inner.begin + (inner.end - inner.begin) / tile * tile;
  for (index_t j = 0; j < inner.begin; ++j) depthwise_tile<g, phase, 1, true, lanes>(in, weight, bias, least, j, channel, out);
  for (index_t j = inner.begin; j < tiled; j += tile) {
    depthwise_tile<g, phase, tile, false, lanes>(in, weight, bias, least, j, channel, out);
  }
  for (index_t j = tiled; j < inner.end; ++j) depthwise_tile<g, phase, 1, false, lanes>(in, weight, bias, least, j, channel, out);
  for (index_t j = inner.end; j < count; ++j) depthwise_tile<g, phase, 1, true, lanes>(in, weight, bias, least, j, channel, out);
}

}  // namespace detail

/// out = activation(in * weight + bias), or with a transposed geometry the gradient with respect to a convolution's input.
template <GatherGeometry g, class T, class Threads>
void conv2d_depthwise(Threads& threads, index_t rows,
                      const T* in,      // (rows, in_height, in_width, channels)
                      const T* weight,  // (kernel_height, kernel_width, 1, channels)
                      const T* bias,    // (channels) or null
                      Activation activation,
                      T* out  // (rows, out_height, out_width, channels)
) {
  const Vector<T> least = broadcast(activation == Activation::relu ? T{0} : -std::numeric_limits<T>::infinity());
  const auto task = [&](index_t begin, index_t end, index_t) {
    for (index_t line = begin; line < end; ++line) {
      const index_t row = line / g.vertical.out_extent, at = line % g.vertical.out_extent;
      const detail::DepthwiseLines<g, T> lines(in + row * g.in_size(), at);
      T* const to = out + line * g.out_row();
      for_each_vector<g.out_channels, T>([&](index_t channel, auto lanes) {
        const Vector<T> start = bias == nullptr ? broadcast(T{0}) : load_lanes<lanes>(bias + channel);
        [&]<index_t... phase>(std::integer_sequence<index_t, phase...>) {
          (detail::depthwise_phase<g, phase, lanes>(lines, weight, start, least, channel, to), ...);
        }
        (std::make_integer_sequence<index_t, g.horizontal.phases()>{});
      });
      if (activates_stored(activation)) activate_stored(activation, to, 1, g.out_row(), g.out_row());
    }
  };
  const index_t lines = rows * g.vertical.out_extent, block = std::max<index_t>(1, sweep_elements / g.out_row());
  serial_or_parallel_blocks(threads, rows * g.multiply_adds(), lines, block, task);
}

}  // namespace taut::kernels::cpu
