/// backward: both gradients of a 3×3 convolution by Winograd's algorithm, from one transform of dy.
///
/// With V = Bᵀ x B, D = A dy Aᵀ and U = G w Gᵀ, point by point: dU = Vᵀ D and dV = D Uᵀ; then dw = Gᵀ dU G and dx = B dV Bᵀ, where
/// tiles overlap. The batch is taken in chunks of images whose V and D fit the L3 cache. In the first pass over a chunk a task owns some
/// images: it transforms them and finishes their dx. In the second a task owns a point, and adds the chunk to its dU: no partial sums,
/// whatever the number of threads. Loops of the first pass: chunk → images → block → point → panel → ir → k.
#pragma once

#include <algorithm>

#include "taut/kernels/cpu/winograd/filter.hpp"
#include "taut/kernels/cpu/winograd/product.hpp"
#include "taut/kernels/cpu/winograd/tiles.hpp"

namespace taut::kernels::cpu::winograd {

namespace detail {

template <Conv2dGeometry g, class T>
struct BackwardPlan {
  using P = Plan<g, T>;
  /// Tiles of one sweep of the first pass, whose dV fits the L2 cache; within an image where it has more.
  static constexpr index_t block = P::block_tiles(P::in_tile * index_t(sizeof(T)));
  /// Images of a task of the first pass.
  static constexpr index_t task_images = std::max<index_t>(1, block / P::tiles);
  /// V and D that wait for the second pass: 2 to 12 MiB were within 6% on a Zen 3 with 32 MiB of L3 (2026-11-24).
  static constexpr index_t chunk_bytes = 3 * 1024 * 1024;
  static constexpr index_t task_bytes = task_images * P::tiles * (P::in_tile + P::out_tile) * index_t(sizeof(T));
  static constexpr index_t chunk_tasks = std::max<index_t>(1, chunk_bytes / task_bytes);

  static constexpr index_t tasks(index_t rows) { return parts(rows, task_images); }
  /// Tiles of a chunk; a batch may have fewer.
  static constexpr index_t chunk_tiles(index_t rows) { return std::min(chunk_tasks, tasks(rows)) * task_images * P::tiles; }

  // As in ForwardPlan, a line of padding a point.
  static constexpr index_t product_panel = block * nr<T>, product_step = P::in_panels * product_panel + nr<T>;
};

template <Conv2dGeometry g, class T>
struct Backward {
  using P = Plan<g, T>;
  using B = BackwardPlan<g, T>;
  const T* x;
  const T* dy;
  T* dx;              // or null
  const T* filter;    // (points, in_panels, out_channels, nr)
  T* gradient;        // (points, in_panels, out_panels, nr, nr), or null
  T* v;               // (points, in_panels, chunk_tiles, nr)
  T* d;               // (points, out_panels, chunk_tiles, nr)
  index_t panel_step, in_step, out_step;

  /// Tiles [first + begin, first + end) of the batch, at [begin, end) of the chunk; adds dy up into sums (out_channels) unless null.
  void transform_block(index_t first, index_t begin, index_t end, T* sums) const {
    for (index_t panel = 0; gradient != nullptr && panel < P::in_panels; ++panel) {
      transform_input<g>(first + begin, first + end, panel, x, v + panel * panel_step + begin * nr<T>, in_step);
    }
    for (index_t panel = 0; panel < P::out_panels; ++panel) {
      transform_output_gradient<g>(first + begin, first + end, panel, dy, d + panel * panel_step + begin * nr<T>, out_step,
                                   sums == nullptr ? nullptr : sums + panel * nr<T>);
    }
  }

  /// dx of the same tiles.
  void multiply_block(index_t first, index_t begin, index_t end, T* products /* (points, in_panels, block, nr) */) const {
    for (index_t point = 0; point < P::points; ++point) {
      for (index_t panel = 0; panel < P::in_panels; ++panel) {
        multiply_tiles(end - begin, P::out_panels, d + point * out_step + begin * nr<T>, panel_step,
                       filter + (point * P::in_panels + panel) * g.out_channels * nr<T>,
                       products + point * B::product_step + panel * B::product_panel);
      }
    }
    for (index_t panel = 0; panel < P::in_panels; ++panel) {
      add_input_gradient<g>(first + begin, first + end, panel, products + panel * B::product_panel, B::product_step, dx);
    }
  }

  /// One point of dU: the first chunk's tiles overwrite it, the others' are added.
  void multiply_point(index_t point, index_t tiles, bool accumulate) const {
    constexpr index_t square = nr<T> * nr<T>;
    for (index_t in = 0; in < P::in_panels; ++in) {
      for (index_t out = 0; out < P::out_panels; ++out) {
        multiply_transposed(tiles, v + point * in_step + in * panel_step, d + point * out_step + out * panel_step, accumulate,
                            gradient + ((point * P::in_panels + in) * P::out_panels + out) * square);
      }
    }
  }
};

}  // namespace detail

/// Elements of workspace that `backward` needs.
template <Conv2dGeometry g, class T>
constexpr index_t backward_workspace(index_t rows, index_t threads) {
  using P = Plan<g, T>;
  using B = detail::BackwardPlan<g, T>;
  return 2 * P::filter_size + B::chunk_tiles(rows) * (P::in_tile + P::out_tile) + 2 * P::points * nr<T> +
         B::tasks(rows) * g.out_channels + threads * P::points * B::product_step;
}

/// Both gradients; dweight with dbias, dbias alone, or dx are null where nobody asks for them.
/// Requires: possible<T>(g); workspace of backward_workspace elements. Ensures: bits independent of the number of threads.
template <Conv2dGeometry g, class T, class Threads>
void backward(Threads& threads, index_t rows,
              const T* x,       // (rows, in_height, in_width, in_channels)
              const T* dy,      // (rows, out_height, out_width, out_channels)
              const T* weight,  // (3, 3, in_channels, out_channels)
              T* dweight,       // as weight, or null
              T* dbias,         // (out_channels) or null
              T* dx,            // as x, or null
              T* workspace) {
  using P = Plan<g, T>;
  using B = detail::BackwardPlan<g, T>;
  const index_t chunk_tiles = B::chunk_tiles(rows), panel_step = chunk_tiles * nr<T>;
  const index_t in_step = P::in_panels * panel_step + nr<T>, out_step = P::out_panels * panel_step + nr<T>;
  T* const filter = workspace;
  T* const gradient = filter + P::filter_size;
  T* const v = gradient + P::filter_size;
  T* const d = v + P::points * in_step;
  T* const products = d + P::points * out_step;  // (threads, points, in_panels, block, nr)
  T* const sums = products + threads.threads() * P::points * B::product_step;  // (tasks, out_channels)
  const detail::Backward<g, T> pass{x, dy, dx, filter, dweight == nullptr ? nullptr : gradient, v, d, panel_step, in_step, out_step};

  if (dx != nullptr) threads.run(P::in_panels, [&](index_t panel) { transform_filter_transposed<g>(panel, weight, filter); });
  if (dweight != nullptr && rows == 0) std::fill_n(gradient, P::filter_size, T{0});
  const index_t tasks = B::tasks(rows), all_tiles = rows * P::tiles, task_tiles = B::task_images * P::tiles;
  for (index_t first_task = 0; first_task < tasks; first_task += B::chunk_tasks) {
    const index_t first = first_task * task_tiles, tiles = std::min(chunk_tiles, all_tiles - first);
    threads.run(std::min(B::chunk_tasks, tasks - first_task), [&](index_t task, index_t thread) {
      const index_t begin = task * task_tiles, end = std::min(tiles, begin + task_tiles);
      T* const task_sums = dbias == nullptr ? nullptr : sums + (first_task + task) * g.out_channels;
      if (task_sums != nullptr) std::fill_n(task_sums, g.out_channels, T{0});
      if (dx != nullptr) std::fill_n(dx + (first + begin) / P::tiles * g.in_size(), (end - begin) / P::tiles * g.in_size(), T{0});
      const EvenSplit blocks{end - begin, B::block};
      for (index_t b = 0; b < blocks.parts(); ++b) {
        pass.transform_block(first, begin + blocks.begin(b), begin + blocks.begin(b + 1), task_sums);
        if (dx == nullptr) continue;
        pass.multiply_block(first, begin + blocks.begin(b), begin + blocks.begin(b + 1), products + thread * P::points * B::product_step);
      }
    });
    if (dweight != nullptr) threads.run(P::points, [&](index_t point) { pass.multiply_point(point, tiles, first_task != 0); });
  }
  if (dweight != nullptr) threads.run(P::in_panels, [&](index_t panel) { transform_filter_gradient<g>(panel, gradient, dweight); });
  if (dbias != nullptr) {
    std::fill_n(dbias, g.out_channels, T{0});
    for (index_t task = 0; task < tasks; ++task) {
      for (index_t o = 0; o < g.out_channels; ++o) dbias[o] += sums[task * g.out_channels + o];
    }
  }
}

}  // namespace taut::kernels::cpu::winograd
