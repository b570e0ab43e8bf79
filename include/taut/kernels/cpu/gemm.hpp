/// gemm: C = activation(A·B + bias) or C += A·B, in the form of BLIS (Van Zee and Van de Geijn, 2015): mr nr kc; loops jc ic pc ir jr.
///
/// A task owns a block of C. For each kc rows of B it packs its columns of them, as far as L2 holds, and sweeps them for each tile of mr
/// rows of A. These lie in L1 meanwhile, so that A is read once and needs no packing where its rows are contiguous.
#pragma once

#include <algorithm>

#include "taut/kernels/cpu/gemm_few_rows.hpp"
#include "taut/kernels/cpu/gemm_tile.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"

namespace taut::kernels::cpu {

namespace detail {

constexpr index_t parts(index_t count, index_t size) { return (count + size - 1) / size; }

template <class T>
struct Product {
  index_t m, n, k;
  MatrixView<T> a, b;
  Epilogue<T> epilogue;
  T* c;
  index_t c_step;
  EvenSplit tiles{m, gemm_mr}, depths{k, kc};  // even, or the last tile of a few rows would cost as much as a whole one

  /// What is left of the epilogue for one tile after the rows of B before `end`: all of it only behind the last.
  Epilogue<T> step(index_t begin, index_t end, index_t column) const {
    Epilogue<T> result{nullptr, Activation::identity, epilogue.accumulate || begin != 0};
    if (end == k) {
      result.activation = epilogue.activation;
      if (epilogue.bias != nullptr) result.bias = epilogue.bias + column;
    }
    return result;
  }

  /// The tiles [first, last) of rows in the panels [left, right) of columns.
  void block(index_t first, index_t last, index_t left, index_t right) const {
    constexpr index_t nr = gemm_nr<T>;
    alignas(64) T packed_b[block_bytes / sizeof(T)];
    alignas(64) T packed_a[gemm_mr * kc];
    const bool a_in_place = a.column_step == 1, all_columns = right - left == parts(n, nr);
    for (index_t pc = 0; pc < depths.parts(); ++pc) {
      const index_t begin = depths.begin(pc), depth = depths.size(pc);
      // Rows that are read for one sweep only come from far: the sweep before it fetches them, each of its tiles a part.
      const index_t share = parts(parts(depth, right - left), elements_of_line<T>) * elements_of_line<T>;
      for (index_t ir = first; ir < last; ++ir) {
        const index_t row = tiles.begin(ir), rows = tiles.begin(ir + 1) - row;
        const index_t fetched = a_in_place && all_columns && ir + 1 < last ? depth : 0;
        MatrixView<T> tile_a = a.from(row, begin);
        if (!a_in_place) {
          GemmKernels<T>::pack[rows - 1](depth, tile_a, packed_a);
          tile_a = {packed_a, 1, rows};
        }
        for (index_t jr = left; jr < right; ++jr) {
          const index_t column = jr * nr, columns = std::min(nr, n - column), part = (jr - left) * share;
          const GemmTile<T> tile{depth, tile_a, b.from(begin, column), packed_b + (jr - left) * depth * nr, c + row * c_step + column,
                                 c_step, columns, step(begin, begin + depth, column), part, std::min(fetched, part + share)};
          const bool packing = ir == first && b.column_step == 1 && columns == nr;
          if (ir == first && !packing) pack_panel<nr>(depth, columns, tile.b, tile.panel);
          (packing ? GemmKernels<T>::packing : GemmKernels<T>::reading)[rows - 1](tile);
        }
      }
    }
  }
};

}  // namespace detail

/// Taut's own product on xsimd's vectors: the default `Gemm` of the CPU device.
struct XsimdGemm {
  /// Convolutions don't go through a column matrix.
  static constexpr bool direct_convolution = true;

  /// Elements of workspace for a product of these extents.
  template <class T>
  static constexpr index_t workspace(index_t m, index_t n, index_t k) {
    return detail::few_rows_workspace<T>(m, n, k);
  }

  /// C (m, n) = epilogue(A (m, k) · B (k, n)), C's rows c_step elements apart.
  /// Requires: C overlaps neither A, B nor workspace. Ensures: bits independent of the number of threads.
  template <class T, class Threads>
  static void multiply(Threads& threads, index_t m, index_t n, index_t k, MatrixView<T> a, MatrixView<T> b, Epilogue<T> epilogue, T* c,
                       index_t c_step, T* workspace) {
    using namespace detail;
    const auto run = [&, small = m * n * k < parallel_multiply_adds](index_t tasks, auto&& task) {
      if (!small) return threads.run(tasks, task);
      for (index_t i = 0; i < tasks; ++i) task(i);
    };
    if (m <= few_rows && b.column_step == 1) {
      const index_t tasks = few_rows_parts(n, k);
      run(tasks, [&](index_t i) {
        few_rows_part(m, n, k, i * k / tasks, (i + 1) * k / tasks, a, b, workspace + i * m * whole_vectors<T>(n));
      });
      return few_rows_finish(m, n, tasks, workspace, epilogue, c, c_step);
    }
    constexpr index_t nr = gemm_nr<T>, fewest_panels = 4, fewest_tasks = 8;
    const Product<T> product{m, n, k, a, b, epilogue, c, c_step};
    const index_t panels = parts(n, nr), depth = std::min(k, kc);
    const index_t fit = block_bytes / sizeof(T) / nr / std::max<index_t>(1, depth);
    const EvenSplit columns{panels, std::min(fit, std::max(fewest_panels, parts(panels * parts(m, task_rows), fewest_tasks)))};
    const index_t tiles = product.tiles.parts();
    const EvenSplit rows{tiles, std::max(task_rows / gemm_mr, parts(tiles * columns.parts(), tasks_wanted))};
    run(rows.parts() * columns.parts(), [&](index_t i) {
      const index_t row = i / columns.parts(), column = i % columns.parts();
      product.block(rows.begin(row), rows.begin(row + 1), columns.begin(column), columns.begin(column + 1));
    });
  }
};

}  // namespace taut::kernels::cpu
