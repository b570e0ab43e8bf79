/// gemm: C = activation(A·B + bias) or C += A·B, in the form of BLIS (Van Zee and Van de Geijn, 2015): mr nr kc; loops jc pc ir.
#pragma once

#include <algorithm>

#include "taut/kernels/cpu/gemm_blocking.hpp"
#include "taut/kernels/cpu/microkernel.hpp"
#include "taut/kernels/cpu/pack.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"

namespace taut::kernels::cpu {

namespace detail {

inline constexpr index_t gemm_mr = gemm_tile().mr;
template <class T>
inline constexpr index_t gemm_nr = gemm_tile().vectors * width<T>;

/// Rows of A up to which B is read where it lies: it is used too few times to repay its packing.
inline constexpr index_t few_rows = 2 * gemm_mr;

constexpr index_t parts(index_t count, index_t size) { return (count + size - 1) / size; }

template <class T>
struct Product {
  index_t m, n, k;
  MatrixView<T> b;
  const T* packed;  // A in panels: (parts(m, mr), k, mr)
  Epilogue<T> epilogue;
  T* c;
  index_t c_step;

  /// One tile for rows [pc, pc + depth) of B; the last of them finishes it.
  void tile(index_t row_panel, index_t column, index_t columns, index_t pc, index_t depth, const T* panel, index_t panel_step) const {
    constexpr index_t mr = gemm_mr;
    Vector<T> sums[mr][gemm_tile().vectors];
    clear<T>(sums);
    multiply_accumulate<RowStep<1>, 0, mr>(sums, depth, packed + (row_panel * k + pc) * mr, mr, panel, panel_step);
    Epilogue<T> step{nullptr, Activation::identity, epilogue.accumulate || pc != 0};
    if (pc + depth == k) {
      step.activation = epilogue.activation;
      if (epilogue.bias != nullptr) step.bias = epilogue.bias + column;
    }
    store_tile(sums, c + row_panel * mr * c_step + column, c_step, columns, step, std::min(mr, m - row_panel * mr));
  }

  /// One panel of columns for the row panels [first, last).
  void panel(index_t column, index_t first, index_t last) const {
    constexpr index_t nr = gemm_nr<T>;
    const index_t columns = std::min(nr, n - column);
    const bool in_place = b.column_step == 1 && columns == nr && m <= few_rows;
    alignas(64) T buffer[kc<T> * nr];
    for (index_t pc = 0; pc < k; pc += kc<T>) {
      const index_t depth = std::min(kc<T>, k - pc);
      if (!in_place) pack_panel<nr>(depth, columns, MatrixView<T>{b.at(pc, column), b.row_step, b.column_step}, buffer);
      const T* rows = in_place ? b.at(pc, column) : buffer;
      for (index_t ir = first; ir < last; ++ir) tile(ir, column, columns, pc, depth, rows, in_place ? b.row_step : nr);
    }
  }

  /// C's only row, for columns [begin, end): bound by reading B once, eight vectors of accumulators to hide the latency.
  void row(const T* a, index_t a_step, index_t begin, index_t end) const {
    constexpr index_t vectors = 8, nr = vectors * width<T>;
    index_t column = begin;
    for (; column + nr <= end; column += nr) {
      Vector<T> sums[1][vectors];
      clear<T>(sums);
      multiply_accumulate<RowStep<1>, 0, 1>(sums, k, a, a_step, b.at(0, column), b.row_step);
      Epilogue<T> last = epilogue;
      if (last.bias != nullptr) last.bias += column;
      store_tile(sums, c + column, c_step, nr, last);
    }
    for (; column < end; ++column) {
      T sum{0};
      for (index_t p = 0; p < k; ++p) sum += a[p * a_step] * *b.at(p, column);
      if (epilogue.accumulate) sum += c[column];
      if (epilogue.bias != nullptr) sum += epilogue.bias[column];
      c[column] = epilogue.activation == Activation::relu && sum < T{0} ? T{0} : sum;
    }
  }
};

}  // namespace detail

/// Taut's own product on xsimd's vectors: the default `Gemm` of the CPU device.
struct XsimdGemm {
  /// Convolutions don't go through a column matrix.
  static constexpr bool direct_convolution = true;

  /// Elements of workspace for a product of these extents: all of A, packed.
  template <class T>
  static constexpr index_t workspace(index_t m, index_t /*n*/, index_t k) {
    return detail::parts(m, detail::gemm_mr) * detail::gemm_mr * k;
  }

  /// C (m, n) = epilogue(A (m, k) · B (k, n)), C's rows c_step elements apart.
  /// Requires: C overlaps neither A, B nor workspace. Ensures: bits independent of the number of threads.
  template <class T, class Threads>
  static void multiply(Threads& threads, index_t m, index_t n, index_t k, MatrixView<T> a, MatrixView<T> b, Epilogue<T> epilogue, T* c,
                       index_t c_step, T* workspace) {
    using namespace detail;
    const Product<T> product{m, n, k, b, workspace, epilogue, c, c_step};
    const bool small = m * n * k < parallel_multiply_adds;
    const auto run = [&](index_t tasks, auto&& task) {
      if (!small) return threads.run(tasks, task);
      for (index_t i = 0; i < tasks; ++i) task(i);
    };
    if (m == 1 && b.column_step == 1) {
      constexpr index_t block = 8 * width<T>;
      return run(parts(n, block), [&](index_t i) { product.row(a.data, a.column_step, i * block, std::min(n, (i + 1) * block)); });
    }
    const index_t row_panels = parts(m, gemm_mr), column_panels = parts(n, gemm_nr<T>);
    run(row_panels, [&](index_t i) {
      pack_rows<gemm_mr>(std::min(gemm_mr, m - i * gemm_mr), k, MatrixView<T>{a.at(i * gemm_mr, 0), a.row_step, a.column_step},
                         workspace + i * gemm_mr * k);
    });
    // Rows are split only where columns give too few tasks: each part packs B again, so it should have rows enough to repay that.
    constexpr index_t panels_to_repay = 8;
    const index_t row_parts = std::max<index_t>(1, std::min(row_panels / panels_to_repay, tasks_wanted / column_panels));
    run(column_panels * row_parts, [&](index_t i) {
      const index_t part = i % row_parts;
      product.panel(i / row_parts * gemm_nr<T>, part * row_panels / row_parts, (part + 1) * row_panels / row_parts);
    });
  }
};

}  // namespace taut::kernels::cpu
