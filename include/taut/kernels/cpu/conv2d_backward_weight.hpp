/// conv2d_backward_weight: dweight[tap][c][o] = Σ over pixels of x[pixel + tap][c] · dy[pixel][o], with accumulators in registers.
///
/// A task owns some images and one panel of nr output channels. It takes dy in bands of pixels that fit L1, packs the band's panel
/// (adding it up for dbias on the way), and sweeps it once for each tap and each block of mr input channels; x is read where it is.
/// Pixels whose tap falls on padding are left out.
#pragma once

#include <algorithm>
#include <utility>

#include "taut/kernels/cpu/gather_geometry.hpp"
#include "taut/kernels/cpu/gemm_blocking.hpp"
#include "taut/kernels/cpu/microkernel.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"

namespace taut::kernels::cpu {

namespace detail {

template <Conv2dGeometry g, class T>
struct WeightPlan {
  static constexpr Tile tile{gemm_tile().mr, std::min(gemm_tile().vectors, (g.group_out_channels() + width<T> - 1) / width<T>)};
  static constexpr index_t nr = tile.vectors * width<T>;
  static constexpr index_t panels = (g.group_out_channels() + nr - 1) / nr;
  static constexpr index_t out_row = g.out_width() * g.out_channels;
  static constexpr index_t in_row = g.in_width * g.in_channels;

  // A band: whole images where several fit, lines of one image otherwise.
  static constexpr index_t band_pixels = std::max(g.out_width(), panel_bytes / (nr * sizeof(T)));
  static constexpr index_t band_images = std::max<index_t>(1, band_pixels / g.out_pixels());
  static constexpr index_t band_lines = std::min(g.out_height(), band_pixels / g.out_width());

  /// What a task keeps on its stack.
  static constexpr index_t stack_bytes = band_images * band_lines * g.out_width() * nr * sizeof(T);

  /// Partial sums cost a write and a read of the weight each: no more of them than a quarter of what is read anyway.
  static constexpr index_t partitions(index_t rows) {
    const index_t wanted = tasks_wanted / (panels * g.groups) + 1;
    const index_t affordable = rows * (g.in_size() + g.out_size()) / (4 * g.weight_size());
    return std::max<index_t>(1, std::min({wanted, affordable, rows}));
  }
  /// Where that leaves few tasks, each line of taps becomes its own.
  static constexpr index_t tap_tasks(index_t rows) {
    return 2 * partitions(rows) * panels * g.groups < tasks_wanted ? g.vertical.kernel : 1;
  }
};

/// Output pixels of one band and one panel.
template <class T>
struct Band {
  const T* x;        // of the first image
  const T* panel;    // (images, lines, out_width, nr)
  index_t images, first_line, lines;
  Epilogue<T> epilogue;
};

/// One tile of dweight: `rows` input channels at one tap.
template <Conv2dGeometry g, class T, index_t rows>
void weight_tile(const Band<T>& band, index_t channel, index_t tap_line, index_t tap, GatherAxis::Range columns, T* dweight,
                 index_t count) {
  using Plan = WeightPlan<g, T>;
  constexpr GatherAxis vertical = gather_forward(g).vertical, horizontal = gather_forward(g).horizontal;
  const GatherAxis::Range lines = vertical.inside(0, tap_line, band.first_line, band.first_line + band.lines);
  Vector<T> c[rows][Plan::tile.vectors];
  clear<T>(c);
  for (index_t image = 0; image < band.images; ++image) {
    for (index_t line = lines.begin; line < lines.end; ++line) {
      const index_t in_line = index_t(offset_t((band.first_line + line) * g.vertical.stride) + vertical.shift(0, tap_line));
      const index_t in_column = index_t(offset_t(columns.begin * g.horizontal.stride) + horizontal.shift(0, tap));
      const T* x = band.x + image * g.in_size() + in_line * Plan::in_row + in_column * g.in_channels + channel;
      const T* dy = band.panel + ((image * band.lines + line) * g.out_width() + columns.begin) * Plan::nr;
      multiply_accumulate<RowStep<1>, 0, rows>(c, columns.end - columns.begin, x, g.horizontal.stride * g.in_channels, dy, Plan::nr);
    }
  }
  store_tile(c, dweight, g.out_channels, count, band.epilogue);
}

/// panel (pixels, nr) = `columns` channels of dy, zero in the others; adds each column up into sums unless that is null.
template <index_t vectors, class T>
void pack_and_sum(const T* dy, index_t dy_step, index_t pixels, index_t columns, T* panel, T* sums) {
  constexpr index_t nr = vectors * width<T>;
  Vector<T> sum[vectors];
  for (index_t v = 0; v < vectors; ++v) sum[v] = broadcast(T{0});
  for (index_t pixel = 0; pixel < pixels; ++pixel, dy += dy_step, panel += nr) {
    for (index_t v = 0; v < vectors; ++v) {
      const index_t column = v * width<T>;
      const Vector<T> value = column + width<T> <= columns ? load_vector(dy + column)
                              : column < columns           ? load_first(dy + column, columns - column)
                                                           : broadcast(T{0});
      store_vector(panel + column, value);
      sum[v] = sum[v] + value;
    }
  }
  if (sums == nullptr) return;
  for (index_t v = 0; v < vectors; ++v) store_vector(sums + v * width<T>, load_vector(sums + v * width<T>) + sum[v]);
}

/// What one task does: images [first, last), one panel, lines of taps [tap_begin, tap_end).
template <Conv2dGeometry g, class T>
void weight_task(index_t first, index_t last, index_t panel, index_t tap_begin, index_t tap_end, const T* x, const T* dy, T* dweight,
                 T* dbias) {
  using Plan = WeightPlan<g, T>;
  constexpr GatherAxis horizontal = gather_forward(g).horizontal;
  constexpr index_t depth = g.group_in_channels();
  const index_t group = panel / Plan::panels, column = panel % Plan::panels * Plan::nr;
  const index_t columns = std::min(Plan::nr, g.group_out_channels() - column), channel = group * g.group_out_channels() + column;

  alignas(64) T packed[Plan::band_images * Plan::band_lines * g.out_width() * Plan::nr];
  alignas(64) T sums[Plan::nr] = {};
  for (index_t image = first; image < last; image += Plan::band_images) {
    for (index_t line = 0; line < g.out_height(); line += Plan::band_lines) {
      Band<T> band{x + image * g.in_size(), packed, std::min(Plan::band_images, last - image), line,
                   std::min(Plan::band_lines, g.out_height() - line), {}};
      band.epilogue.accumulate = image != first || line != 0;
      for (index_t i = 0; i < band.images; ++i) {
        pack_and_sum<Plan::tile.vectors>(dy + (image + i) * g.out_size() + line * Plan::out_row + channel, g.out_channels,
                                         band.lines * g.out_width(), columns, packed + i * band.lines * g.out_width() * Plan::nr,
                                         dbias == nullptr ? nullptr : sums);
      }
      constexpr EvenSplit split{depth, Plan::tile.mr};
      constexpr index_t large = (depth + split.parts() - 1) / split.parts(), small = depth / split.parts();
      for (index_t tap_line = tap_begin; tap_line < tap_end; ++tap_line) {
        for (index_t tap = 0; tap < g.horizontal.kernel; ++tap) {
          const GatherAxis::Range inside = horizontal.inside(0, tap, 0, g.out_width());
          T* out = dweight + (tap_line * g.horizontal.kernel + tap) * depth * g.out_channels + channel;
          for (index_t b = 0; b < split.parts(); ++b) {
            const index_t in_channel = group * depth + split.begin(b);
            const auto tile = split.size(b) == large ? &weight_tile<g, T, large> : &weight_tile<g, T, small>;
            tile(band, in_channel, tap_line, tap, inside, out + split.begin(b) * g.out_channels, columns);
          }
        }
      }
    }
  }
  if (dbias != nullptr) std::copy_n(sums, columns, dbias + channel);
}

}  // namespace detail

/// Elements of workspace that `conv2d_backward_weight` needs: partial sums of dweight and dbias.
template <Conv2dGeometry g, class T>
constexpr index_t conv2d_backward_weight_workspace(index_t rows) {
  const index_t partitions = detail::WeightPlan<g, T>::partitions(rows);
  return partitions == 1 ? 0 : partitions * (g.weight_size() + g.out_channels);
}

/// dweight and, unless null, dbias (out_channels) = Σ of dy over rows and pixels.
/// Ensures: bits independent of the number of threads: partial sums of a fixed number of partitions are added in their order.
template <Conv2dGeometry g, class T, class Threads>
void conv2d_backward_weight(Threads& threads, index_t rows,
                            const T* x,   // (rows, in_height, in_width, in_channels)
                            const T* dy,  // (rows, out_height, out_width, out_channels)
                            T* dweight,   // (kernel_height, kernel_width, in_channels / groups, out_channels)
                            T* dbias,     // (out_channels) or null
                            T* workspace) {
  using Plan = detail::WeightPlan<g, T>;
  if (rows == 0) {
    std::fill_n(dweight, g.weight_size(), T{0});
    if (dbias != nullptr) std::fill_n(dbias, g.out_channels, T{0});
    return;
  }
  const index_t partitions = Plan::partitions(rows), tap_tasks = Plan::tap_tasks(rows), panels = Plan::panels * g.groups;
  T* bias_parts = workspace + partitions * g.weight_size();
  const auto task = [&](index_t i) {
    const index_t taps = i % tap_tasks, panel = i / tap_tasks % panels, partition = i / tap_tasks / panels;
    T* weight_part = partitions == 1 ? dweight : workspace + partition * g.weight_size();
    T* bias_part = dbias == nullptr || taps != 0 ? nullptr : partitions == 1 ? dbias : bias_parts + partition * g.out_channels;
    detail::weight_task<g>(partition * rows / partitions, (partition + 1) * rows / partitions, panel,
                           taps * g.vertical.kernel / tap_tasks, (taps + 1) * g.vertical.kernel / tap_tasks, x, dy, weight_part, bias_part);
  };
  const auto combine = [&](index_t begin, index_t end, index_t) {
    std::copy(workspace + begin, workspace + end, dweight + begin);
    for (index_t p = 1; p < partitions; ++p) {
      const T* __restrict part = workspace + p * g.weight_size();
      for (index_t i = begin; i < end; ++i) dweight[i] += part[i];
    }
  };
  const index_t tasks = partitions * panels * tap_tasks;
  if (rows * g.multiply_adds() < parallel_multiply_adds) {
    for (index_t i = 0; i < tasks; ++i) task(i);
    if (partitions != 1) combine(0, g.weight_size(), 0);
  } else {
    threads.run(tasks, task);
    if (partitions != 1) parallel_blocks(threads, g.weight_size(), sweep_elements, combine);
  }
  if (dbias != nullptr && partitions != 1) {
    for (index_t o = 0; o < g.out_channels; ++o) {
      T sum{0};
      for (index_t p = 0; p < partitions; ++p) sum += bias_parts[p * g.out_channels + o];
      dbias[o] = sum;
    }
  }
}

}  // namespace taut::kernels::cpu
