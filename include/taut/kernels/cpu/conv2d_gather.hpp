/// conv2d_gather: convolution forward, and its gradient with respect to the input, without ever forming a column matrix.
///
/// A block of mr pixels of one output line lies in the rows of a register tile, nr output channels in its columns. For each tap the
/// mr input pixels lie a fixed distance apart, known while compiling, so one pointer reaches all of them, and those that would read
/// padding are left out of the tap's loop: neither stored nor multiplied. Loops: task = images → panel → line → block → taps → channels.
#pragma once

#include <algorithm>
#include <utility>

#include "taut/kernels/cpu/gather_geometry.hpp"
#include "taut/kernels/cpu/gemm_blocking.hpp"
#include "taut/kernels/cpu/microkernel.hpp"
#include "taut/kernels/cpu/pack.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"

namespace taut::kernels::cpu {

namespace detail {

template <GatherGeometry g, class T>
struct GatherPlan {
  static constexpr index_t longest_line = g.horizontal.count(0);
  static constexpr Tile tile = convolution_tile<T>(longest_line, g.group_out_channels());
  static constexpr index_t nr = tile.vectors * width<T>;
  static constexpr index_t panels = (g.group_out_channels() + nr - 1) / nr;
  static constexpr index_t panel_size = g.depth() * nr;

  static constexpr EvenSplit blocks(index_t phase) { return {g.horizontal.count(phase), tile.mr}; }

  /// Blocks whose taps are cut in the same way share their code: the number of the first such block.
  static constexpr index_t first_alike(index_t phase, index_t block) {
    const EvenSplit split = blocks(phase);
    for (index_t other = 0; other < block; ++other) {
      bool alike = split.size(other) == split.size(block);
      for (index_t tap = 0; alike && tap < g.horizontal.window.kernel; ++tap) {
        alike = g.horizontal.inside(phase, tap, split.begin(other), split.begin(other + 1)) ==
                g.horizontal.inside(phase, tap, split.begin(block), split.begin(block + 1));
      }
      if (alike) return other;
    }
    return block;
  }
};

/// An input line and the vertical tap that reads it.
template <class T>
struct GatherLine {
  const T* in;
  index_t tap;
};

template <class T>
struct GatherBlock {
  const GatherLine<T>* lines;
  index_t line_count;
  index_t begin;     // first pixel of the block, counted within its phase
  const T* panel;    // (kernel_height, kernel_width, group_in_channels, nr)
  T* out;            // first pixel of the block
  index_t columns;   // of the panel that exist
  Epilogue<T> epilogue;
};

/// One tile: `alike` names the first block of the line with the same cuts.
template <GatherGeometry g, class T, index_t phase, index_t alike>
void gather_block(const GatherBlock<T>& block) {
  using Plan = GatherPlan<g, T>;
  constexpr index_t begin = Plan::blocks(phase).begin(alike), size = Plan::blocks(phase).size(alike);
  constexpr index_t kernel = g.horizontal.window.kernel, depth = g.group_in_channels();
  constexpr index_t pixel_step = g.horizontal.in_step() * g.in_channels;

  Vector<T> c[size][Plan::tile.vectors];
  clear<T>(c);
  for (index_t l = 0; l < block.line_count; ++l) {
    const T* panel = block.panel + block.lines[l].tap * (kernel * depth * Plan::nr);
    const T* line = block.lines[l].in;
    const auto accumulate = [&]<index_t tap>(std::integral_constant<index_t, tap>) __attribute__((always_inline)) {
      constexpr GatherAxis::Range range = g.horizontal.inside(phase, tap, begin, begin + size);
      if constexpr (!range.empty()) {
        const index_t first = (block.begin + range.begin) * g.horizontal.in_step();
        const T* in = line + (offset_t(first) + g.horizontal.shift(phase, tap)) * offset_t(g.in_channels);
        multiply_accumulate<RowStep<pixel_step>, range.begin, range.end>(c, depth, in, 1, panel + tap * depth * Plan::nr, Plan::nr);
      }
    };
    [&]<index_t... tap>(std::integer_sequence<index_t, tap...>) __attribute__((always_inline)) {
      (accumulate(std::integral_constant<index_t, tap>{}), ...);
    }
    (std::make_integer_sequence<index_t, kernel>{});
  }
  store_tile(c, block.out, g.horizontal.phases() * g.out_channels, block.columns, block.epilogue);
}

/// The code of each block of a line.
template <GatherGeometry g, class T, index_t phase, class = std::make_integer_sequence<index_t, GatherPlan<g, T>::blocks(phase).parts()>>
struct GatherBlocks;
template <GatherGeometry g, class T, index_t phase, index_t... block>
struct GatherBlocks<g, T, phase, std::integer_sequence<index_t, block...>> {
  static constexpr void (*kernels[])(const GatherBlock<T>&) = {&gather_block<g, T, phase, GatherPlan<g, T>::first_alike(phase, block)>...};
};

/// All pixels of one phase of an output line.
template <GatherGeometry g, class T, index_t phase>
void gather_phase(GatherBlock<T> block, T* out_line) {
  using Plan = GatherPlan<g, T>;
  constexpr EvenSplit split = Plan::blocks(phase);
  if constexpr (split.parts() != 0) {
    for (index_t b = 0; b < split.parts(); ++b) {
      block.begin = split.begin(b);
      block.out = out_line + (phase + block.begin * g.horizontal.phases()) * g.out_channels;
      GatherBlocks<g, T, phase>::kernels[b](block);
    }
  }
}

/// One panel of output channels of one output line.
template <GatherGeometry g, class T>
void gather_line(const T* image, index_t line, const T* panel, index_t columns, const Epilogue<T>& epilogue, T* out_line) {
  GatherLine<T> lines[g.vertical.window.kernel];
  const index_t phase = line % g.vertical.phases(), j = line / g.vertical.phases();
  index_t line_count = 0;
  for (index_t tap = 0; tap < g.vertical.window.kernel; ++tap) {
    if (!g.vertical.inside(phase, tap, j)) continue;
    const index_t in_line = index_t(offset_t(j * g.vertical.in_step()) + g.vertical.shift(phase, tap));
    lines[line_count++] = {image + in_line * g.in_row(), tap};
  }
  const GatherBlock<T> block{lines, line_count, 0, panel, nullptr, columns, epilogue};
  [&]<index_t... p>(std::integer_sequence<index_t, p...>) {
    (gather_phase<g, T, p>(block, out_line), ...);
  }
  (std::make_integer_sequence<index_t, g.horizontal.phases()>{});
}

}  // namespace detail

/// Elements of workspace that `conv2d_gather` needs: the packed weight.
template <GatherGeometry g, class T>
constexpr index_t conv2d_gather_workspace() {
  using Plan = detail::GatherPlan<g, T>;
  return g.groups * Plan::panels * Plan::panel_size;
}

/// out (rows, out_height, out_width, out_channels) = activation(gathered in * weight + bias); `bias` may be null.
/// Requires: workspace on a 64-byte boundary, of conv2d_gather_workspace elements. Ensures: bits independent of the number of threads.
template <GatherGeometry g, class T, class Threads>
void conv2d_gather(Threads& threads, index_t rows,
                   const T* in,      // (rows, in_height, in_width, in_channels)
                   const T* weight,  // (kernel_height, kernel_width, in_channels / groups, out_channels) of the convolution
                   const T* bias,    // (out_channels) or null
                   Activation activation,
                   T* out,           // (rows, out_height, out_width, out_channels)
                   T* workspace) {
  using Plan = detail::GatherPlan<g, T>;
  const bool small = rows * g.multiply_adds() < parallel_multiply_adds;
  // Tap by tap, so that a transposed weight is no special case: its columns are the convolution's input channels.
  const auto pack = [&](index_t task) {
    const index_t group = task / Plan::panels, column = task % Plan::panels * Plan::nr;
    const index_t columns = std::min(Plan::nr, g.group_out_channels() - column);
    for (index_t tap = 0; tap < g.taps(); ++tap) {
      const index_t group_in = g.transposed ? g.group_out_channels() : g.group_in_channels();
      const index_t total_out = g.transposed ? g.in_channels : g.out_channels;
      const index_t group_out = total_out / g.groups;
      MatrixView<T> matrix{weight + tap * group_in * total_out + group * group_out, total_out, 1};
      if constexpr (g.transposed) matrix = matrix.transposed();
      pack_panel<Plan::nr>(g.group_in_channels(), columns, MatrixView<T>{matrix.at(0, column), matrix.row_step, matrix.column_step},
                           workspace + task * Plan::panel_size + tap * g.group_in_channels() * Plan::nr);
    }
  };
  // A task is a run of lines of one image, or a few images: no more than half an L2 cache of input and output.
  constexpr index_t task_bytes = 512 * 1024;
  const index_t lines = rows * g.vertical.out_extent;
  const index_t fit = task_bytes / ((g.in_size() + g.out_size()) * sizeof(T) / g.vertical.out_extent + 1);
  const index_t wanted = (lines + tasks_wanted - 1) / tasks_wanted;
  const index_t task_lines = std::max<index_t>(1, std::min(fit, wanted));
  const auto sweep = [&](index_t begin, index_t end, index_t) {
    for (index_t panel = 0; panel < g.groups * Plan::panels; ++panel) {
      const index_t group = panel / Plan::panels, column = panel % Plan::panels * Plan::nr;
      const index_t columns = std::min(Plan::nr, g.group_out_channels() - column);
      const index_t channel = group * g.group_out_channels() + column;
      const Epilogue<T> epilogue{bias == nullptr ? nullptr : bias + channel, activation, false};
      for (index_t line = begin; line < end; ++line) {
        const index_t row = line / g.vertical.out_extent;
        detail::gather_line<g, T>(in + row * g.in_size() + group * g.group_in_channels(), line % g.vertical.out_extent,
                                  workspace + panel * Plan::panel_size, columns, epilogue, out + line * g.out_row() + channel);
      }
    }
  };
  if (small) {
    for (index_t panel = 0; panel < g.groups * Plan::panels; ++panel) pack(panel);
    sweep(0, lines, 0);
  } else {
    threads.run(g.groups * Plan::panels, pack);
    parallel_blocks(threads, lines, task_lines, sweep);
  }
}

}  // namespace taut::kernels::cpu
