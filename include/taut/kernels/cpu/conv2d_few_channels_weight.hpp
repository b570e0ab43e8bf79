/// conv2d_few_channels_weight: dweight and dbias of a convolution of images of few channels.
///
/// The rows of a tile are (tap, channel) pairs, its columns output channels. A task owns some images and takes them in bands of output
/// lines; dy is read where it is, once for each tile of rows, and comes from L1 after the first. x is copied with its padding, so that all
/// taps share one sweep. Loops: task = images → band → columns → tile of rows → lines → pixels.
#pragma once

#include <algorithm>
#include <utility>

#include "taut/kernels/cpu/conv2d_few_channels.hpp"
#include "taut/kernels/cpu/gemm_blocking.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// Partial sums cost a write and a read of the weight each: no more of them than a quarter of what is read anyway.
template <Conv2dGeometry g>
constexpr index_t few_channels_partitions(index_t rows) {
  const index_t affordable = rows * (g.in_size() + g.out_size()) / (4 * g.weight_size());
  return std::max<index_t>(1, std::min({tasks_wanted, affordable, rows}));
}

/// Where the padded copy has a (tap, channel) pair, counted from where a pixel's taps begin.
template <Conv2dGeometry g, class T>
constexpr index_t pair_offset(index_t pair) {
  const index_t tap = pair / g.in_channels;
  return tap / g.horizontal.kernel * g.vertical.dilation * FewChannels<g, T>::padded_row +
         tap % g.horizontal.kernel * g.horizontal.dilation * g.in_channels + pair % g.in_channels;
}

/// Adds a band of dy to rows [first, first + rows) of dweight, for `vectors` vectors of output channels; `sums` to dbias as well.
/// Register budget of 16: 5 × 2 accumulators, 2 vectors of dy, a broadcast; with 4 × 2 there is room for the 2 sums.
template <Conv2dGeometry g, class T, index_t first, index_t rows, index_t vectors, index_t lanes, bool sums>
void add_pairs(index_t lines,
               const T* padded,  // as copy_padded leaves it
               const T* dy,      // (lines, out_width, out_channels), from these channels on
               T* dweight,       // (depth, out_channels), from these channels on
               T* dbias) {       // these channels
  Vector<T> c[rows][vectors], sum[vectors];
#pragma GCC unroll 8
  for (index_t v = 0; v < vectors; ++v) {
    sum[v] = broadcast(T{0});
#pragma GCC unroll 32
    for (index_t i = 0; i < rows; ++i) c[i][v] = broadcast(T{0});
  }
  for (index_t line = 0; line < lines; ++line) {
    const T* patch = padded + line * g.vertical.stride * FewChannels<g, T>::padded_row;
    for (index_t pixel = 0; pixel < g.out_width(); ++pixel, patch += g.horizontal.stride * g.in_channels, dy += g.out_channels) {
      Vector<T> columns[vectors];
#pragma GCC unroll 8
      for (index_t v = 0; v < vectors; ++v) {
        columns[v] = load_lanes<lanes>(dy + v * width<T>);
        if constexpr (sums) sum[v] = sum[v] + columns[v];
      }
#pragma GCC unroll 32
      for (index_t i = 0; i < rows; ++i) {
        const Vector<T> row = broadcast(patch[pair_offset<g, T>(first + i)]);
#pragma GCC unroll 8
        for (index_t v = 0; v < vectors; ++v) c[i][v] = fma(row, columns[v], c[i][v]);
      }
    }
  }
  const auto add = [](T* to, Vector<T> vector) __attribute__((always_inline)) { store_lanes<lanes>(to, load_lanes<lanes>(to) + vector); };
#pragma GCC unroll 8
  for (index_t v = 0; v < vectors; ++v) {
    if constexpr (sums) add(dbias + v * width<T>, sum[v]);
#pragma GCC unroll 32
    for (index_t i = 0; i < rows; ++i) add(dweight + (first + i) * g.out_channels + v * width<T>, c[i][v]);
  }
}

/// Images [first, last): their part of dweight and dbias.
template <Conv2dGeometry g, class T>
void few_channels_weight_task(index_t first, index_t last, const T* x, const T* dy, T* part /* (depth + 1, out_channels) */) {
  using Plan = FewChannels<g, T>;
  constexpr EvenSplit split{Plan::depth, gemm_tile().mr};
  T* const dbias = part + g.weight_size();
  std::fill_n(part, g.weight_size() + g.out_channels, T{0});
  alignas(64) T padded[Plan::padded_size(Plan::backward_lines)];
  for (index_t image = first; image < last; ++image) {
    for (index_t line = 0; line < g.out_height(); line += Plan::backward_lines) {
      const index_t lines = std::min(Plan::backward_lines, g.out_height() - line);
      const T* const band = dy + image * g.out_size() + line * Plan::out_row;
      copy_padded<g>(x + image * g.in_size(), line, lines, padded);
      for_each_group<g.out_channels, gemm_tile().vectors, T>([&](index_t channel, auto vectors, auto lanes) {
        [&]<index_t... b>(std::integer_sequence<index_t, b...>) {
          (add_pairs<g, T, split.begin(b), split.size(b), vectors, lanes, b == 0>(lines, padded, band + channel, part + channel,
                                                                                    dbias + channel),
           ...);
        }
        (std::make_integer_sequence<index_t, split.parts()>{});
      });
    }
  }
}

}  // namespace detail

/// Elements of workspace that `conv2d_few_channels_weight` needs: partial sums of dweight and dbias.
template <Conv2dGeometry g, class T>
constexpr index_t conv2d_few_channels_weight_workspace(index_t rows) {
  return detail::few_channels_partitions<g>(rows) * (g.weight_size() + g.out_channels);
}

/// dweight and, unless null, dbias (out_channels) = Σ of dy over rows and pixels. Requires few_channels(g).
/// Ensures: bits independent of the number of threads: partial sums of a fixed number of partitions are added in their order.
template <Conv2dGeometry g, class T, class Threads>
void conv2d_few_channels_weight(Threads& threads, index_t rows,
                                const T* x,   // (rows, in_height, in_width, in_channels)
                                const T* dy,  // (rows, out_height, out_width, out_channels)
                                T* dweight,   // (kernel_height, kernel_width, in_channels, out_channels)
                                T* dbias,     // (out_channels) or null
                                T* workspace) {
  constexpr index_t size = g.weight_size() + g.out_channels;
  const index_t partitions = detail::few_channels_partitions<g>(rows);
  const auto task = [&](index_t i) {
    detail::few_channels_weight_task<g>(i * rows / partitions, (i + 1) * rows / partitions, x, dy, workspace + i * size);
  };
  if (rows * g.multiply_adds() < parallel_multiply_adds) {
    for (index_t i = 0; i < partitions; ++i) task(i);
  } else {
    threads.run(partitions, task);
  }
  const auto combine = [&](index_t begin, index_t end, index_t) {
    for (index_t p = 1; p < partitions; ++p) {
      for (index_t i = begin; i < end; ++i) workspace[i] += workspace[p * size + i];
    }
  };
  serial_or_parallel_blocks(threads, partitions * size, size, sweep_elements, combine);
  std::copy_n(workspace, g.weight_size(), dweight);
  if (dbias != nullptr) std::copy_n(workspace + g.weight_size(), g.out_channels, dbias);
}

}  // namespace taut::kernels::cpu
