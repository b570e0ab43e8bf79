/// group_norm: normalises groups of each row and their gradients. A task owns whole rows; statistics are found again going back.
#pragma once

#include <algorithm>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/group_norm_image.hpp"
#include "taut/kernels/cpu/group_norm_span.hpp"
#include "taut/kernels/cpu/image_lines.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// The most tasks of a backward pass: each has sums of its own for dweight and dbias.
inline constexpr index_t group_norm_tasks = 16;

/// Channels whose sums one task joins.
inline constexpr index_t joined_channels = 4096;

}  // namespace detail

template <GroupNormGeometry g>
constexpr index_t group_norm_workspace(index_t rows) {
  return std::min(rows, detail::group_norm_tasks) * 2 * g.channels;
}

template <GroupNormGeometry g, class T, class Threads>
void group_norm_forward(Threads& threads, index_t rows,
                        const T* x,       // (rows, pixels, channels)
                        const T* weight,  // (channels)
                        const T* bias,    // (channels)
                        double eps,
                        T* y) {  // as x
  for_each_line(threads, rows, 1, g.size(), [&](index_t row, index_t) {
    const T* const from = x + row * g.size();
    T* const to = y + row * g.size();
    if constexpr (g.pixels == 1) {
      constexpr index_t size = g.group_channels();
      for (index_t c = 0; c < g.channels; c += size) detail::span_forward<size>(from + c, weight + c, bias + c, eps, to + c);
    } else {
      detail::image_forward<g>(from, weight, bias, eps, to);
    }
  });
}

template <GroupNormGeometry g, class T, class Threads>
void group_norm_backward(Threads& threads, index_t rows,
                         const T* x,       // (rows, pixels, channels)
                         const T* dy,      // as x
                         const T* weight,  // (channels)
                         double eps,
                         T* dx,         // as x, or null
                         T* dweight,    // (channels)
                         T* dbias,      // (channels)
                         T* workspace /* (tasks, 2, channels) */) {
  const index_t block = std::max<index_t>(1, (rows + detail::group_norm_tasks - 1) / detail::group_norm_tasks);
  const auto task = [&](index_t begin, index_t end, index_t i) {
    T* const sums = workspace + i * 2 * g.channels;
    std::fill_n(sums, 2 * g.channels, T{0});
    for (index_t row = begin; row < end; ++row) {
      const T* const values = x + row * g.size();
      const T* const gradient = dy + row * g.size();
      T* const out = dx == nullptr ? nullptr : dx + row * g.size();
      if constexpr (g.pixels == 1) {
        constexpr index_t size = g.group_channels();
        for (index_t c = 0; c < g.channels; c += size) {
          detail::span_backward<size>(values + c, gradient + c, weight + c, eps, out == nullptr ? nullptr : out + c, sums + c,
                                      sums + g.channels + c);
        }
      } else {
        detail::image_backward<g>(values, gradient, weight, eps, out, sums, sums + g.channels);
      }
    }
  };
  serial_or_parallel_blocks(threads, rows * g.size(), rows, block, task);

  const index_t tasks = (rows + block - 1) / block;
  const auto join = [&](index_t begin, index_t end, index_t) {
    std::fill(dweight + begin, dweight + end, T{0});
    std::fill(dbias + begin, dbias + end, T{0});
    for (index_t i = 0; i < tasks; ++i) {
      const T* const sums = workspace + i * 2 * g.channels;
      for (index_t c = begin; c < end; ++c) dweight[c] += sums[c];
      for (index_t c = begin; c < end; ++c) dbias[c] += sums[g.channels + c];
    }
  };
  serial_or_parallel_blocks(threads, tasks * 2 * g.channels, g.channels, detail::joined_channels, join);
}

}  // namespace taut::kernels::cpu
