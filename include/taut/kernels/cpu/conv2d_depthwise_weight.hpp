/// conv2d_depthwise_weight: dweight and dbias of a convolution whose channels don't mix.
///
/// A task owns some images; for a vector of channels and a line of the kernel it sums over all of its pixels in registers.
#pragma once

#include <algorithm>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/gather_geometry.hpp"
#include "taut/kernels/cpu/gemm_blocking.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

constexpr index_t depthwise_partitions(index_t rows) { return std::max<index_t>(1, std::min(rows, tasks_wanted)); }

/// Adds the taps `kh` of one output line to `sums`; even and odd pixels to sums of their own, which shortens the chains of additions.
template <Conv2dGeometry g, index_t lanes, class T>
[[gnu::always_inline]] inline void add_depthwise_line(const T* x,   // (in_width, channels), from these channels on
                                                      const T* dy,  // (out_width, channels), likewise
                                                      Vector<T> (&sums)[2][g.horizontal.kernel]) {
  constexpr GatherAxis axis = gather_forward(g).horizontal;
  constexpr index_t channels = g.out_channels;
#pragma GCC unroll 16
  for (index_t kw = 0; kw < g.horizontal.kernel; ++kw) {
    const GatherAxis::Range range = axis.inside(0, kw, 0, g.out_width());
    const auto add = [&](index_t pixel, Vector<T>& sum) __attribute__((always_inline)) {
      const auto at = static_cast<index_t>(offset_t(pixel * axis.in_step()) + axis.shift(0, kw));
      sum = fma(load_lanes<lanes>(x + at * channels), load_lanes<lanes>(dy + pixel * channels), sum);
    };
    index_t pixel = range.begin;
    for (; pixel + 2 <= range.end; pixel += 2) {
      add(pixel, sums[0][kw]);
      add(pixel + 1, sums[1][kw]);
    }
    if (pixel < range.end) add(pixel, sums[0][kw]);
  }
}

/// Images [first, last): their part of dweight and dbias for one vector of channels.
template <Conv2dGeometry g, index_t lanes, class T>
void depthwise_weight_part(index_t first, index_t last, const T* x, const T* dy, index_t channel, T* part /* (taps + 1, channels) */) {
  constexpr GatherAxis axis = gather_forward(g).vertical;
  constexpr index_t channels = g.out_channels, row = g.out_width() * channels;
  for (index_t kh = 0; kh < g.vertical.kernel; ++kh) {
    Vector<T> sums[2][g.horizontal.kernel];
    for (auto& half : sums) {
      for (Vector<T>& sum : half) sum = broadcast(T{0});
    }
    for (index_t image = first; image < last; ++image) {
      const T* const own_x = x + image * g.in_size() + channel;
      const T* const own_dy = dy + image * g.out_size() + channel;
      for (index_t line = 0; line < g.out_height(); ++line) {
        if (!axis.inside(0, kh, line)) continue;
        const auto at = static_cast<index_t>(offset_t(line * axis.in_step()) + axis.shift(0, kh));
        add_depthwise_line<g, lanes>(own_x + at * g.in_width * channels, own_dy + line * row, sums);
      }
    }
    for (index_t kw = 0; kw < g.horizontal.kernel; ++kw) {
      store_lanes<lanes>(part + (kh * g.horizontal.kernel + kw) * channels + channel, sums[0][kw] + sums[1][kw]);
    }
  }
  Vector<T> sum = broadcast(T{0});
  for (index_t pixel = first * g.out_pixels(); pixel < last * g.out_pixels(); ++pixel) {
    sum = sum + load_lanes<lanes>(dy + pixel * channels + channel);
  }
  store_lanes<lanes>(part + g.taps() * channels + channel, sum);
}

}  // namespace detail

/// Elements of workspace that `conv2d_depthwise_weight` needs: partial sums of dweight and dbias.
template <Conv2dGeometry g>
constexpr index_t conv2d_depthwise_weight_workspace(index_t rows) {
  return detail::depthwise_partitions(rows) * (g.weight_size() + g.out_channels);
}

/// Requires groups == in_channels == out_channels. Ensures: bits independent of the number of threads.
template <Conv2dGeometry g, class T, class Threads>
void conv2d_depthwise_weight(Threads& threads, index_t rows,
                             const T* x,   // (rows, in_height, in_width, channels)
                             const T* dy,  // (rows, out_height, out_width, channels)
                             T* dweight,   // (kernel_height, kernel_width, 1, channels)
                             T* dbias,     // (channels) or null
                             T* workspace) {
  constexpr index_t size = g.weight_size() + g.out_channels;
  const index_t partitions = detail::depthwise_partitions(rows);
  const auto task = [&](index_t begin, index_t end, index_t) {
    for (index_t i = begin; i < end; ++i) {
      for_each_vector<g.out_channels, T>([&](index_t channel, auto lanes) {
        detail::depthwise_weight_part<g, lanes>(i * rows / partitions, (i + 1) * rows / partitions, x, dy, channel, workspace + i * size);
      });
    }
  };
  serial_or_parallel_blocks(threads, rows * g.multiply_adds(), partitions, 1, task);
  const auto combine = [&](index_t begin, index_t count, T* to) {
    std::copy_n(workspace + begin, count, to);
    for (index_t p = 1; p < partitions; ++p) {
      for (index_t i = 0; i < count; ++i) to[i] += workspace[p * size + begin + i];
    }
  };
  combine(0, g.weight_size(), dweight);
  if (dbias != nullptr) combine(g.weight_size(), g.out_channels, dbias);
}

}  // namespace taut::kernels::cpu
