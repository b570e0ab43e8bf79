/// gemm_few_rows: a product whose A has so few rows that reading B is what takes the time, as in a linear layer for one sample.
///
/// B is read as it lies in memory, a few whole rows at a time, with C's rows beside it in L1. Tasks share out the rows of B; each has sums
/// of its own, and these are added up in the order of the tasks.
#pragma once

#include <algorithm>

#include "taut/kernels/cpu/gemm_blocking.hpp"
#include "taut/kernels/cpu/microkernel.hpp"
#include "taut/kernels/cpu/pack.hpp"

namespace taut::kernels::cpu::detail {

/// Products of up to so many rows go this way: rows go through B's chunk in pairs, and from 4 on the multiply-adds count, not B.
inline constexpr index_t few_rows = 3;

/// Elements of B between two visits of C, and vectors of a row of B read in one go by a single row of A; a pair of rows, with twice the
/// accumulators, reads half of them. 1×512×2304 floats out of L3, EPYC (Zen 3, AVX2), 2026-11-24, share of what reading and adding up alone
/// takes, on 1 and 2 threads: 87% and 80% with 3072 and 8; 85% and 78% with 4096 and 8, 83% and 79% with 2048 and 8, 80% and 72% with
/// 4096 and 4. Prefetching the next rows lost a tenth.
inline constexpr index_t few_rows_chunk = 3072, few_rows_vectors = 8;

template <class T>
constexpr index_t whole_vectors(index_t columns) {
  return (columns + width<T> - 1) / width<T> * width<T>;
}

/// Tasks of at least 256 Ki elements of B: a MiB of floats out of L3 took 13 µs on the same core.
constexpr index_t few_rows_parts(index_t n, index_t k) { return std::clamp<index_t>(n * k / (256 * 1024), 1, 8); }

template <class T>
constexpr index_t few_rows_workspace(index_t m, index_t n, index_t k) {
  return few_rows_parts(n, k) * std::min(m, few_rows) * whole_vectors<T>(n);
}

/// sums (rows, vectors × width) += a (rows, depth) · b (depth, vectors × width).
template <index_t rows, index_t vectors, class T>
[[gnu::always_inline]] inline void few_rows_tile(index_t depth, MatrixView<T> a, const T* b, index_t b_step, T* sums, index_t sums_step) {
  Vector<T> c[rows][vectors];
  clear<T>(c);
  multiply_accumulate<SteppedRows, 0, rows, T>(c, depth, a.data, a.column_step, b, b_step, SteppedRows{a.row_step});
  store_tile(c, sums, sums_step, vectors * width<T>, Epilogue<T>{nullptr, Activation::identity, true});
}

/// The last columns, fewer than a vector. In all rows of B but the last few a whole vector may be read: what lies behind is B too, and the
/// sums of its lanes are never looked at. Four accumulators in turn hide the latency.
template <class T>
void few_rows_edge(index_t depth, index_t whole, index_t columns, const T* a, index_t a_step, const T* b, index_t b_step, T* sums) {
  constexpr index_t turns = 4;
  Vector<T> c[turns];
  for (index_t t = 0; t < turns; ++t) c[t] = broadcast(T{0});
  index_t k = 0;
  for (; k + turns <= std::min(depth, whole); k += turns) {
#pragma GCC unroll 4
    for (index_t t = 0; t < turns; ++t) c[t] = fma(broadcast(a[(k + t) * a_step]), load_vector(b + (k + t) * b_step), c[t]);
  }
  for (; k < depth; ++k) c[0] = fma(broadcast(a[k * a_step]), load_first(b + k * b_step, columns), c[0]);
  store_vector(sums, load_vector(sums) + ((c[0] + c[1]) + (c[2] + c[3])));
}

/// sums (m, whole_vectors(n)) = columns [begin, end) of A · rows [begin, end) of B.
template <class T>
void few_rows_part(index_t m, index_t n, index_t k, index_t begin, index_t end, MatrixView<T> a, MatrixView<T> b, T* sums) {
  constexpr index_t w = width<T>, one = few_rows_vectors, two = few_rows_vectors / 2;
  const index_t step = whole_vectors<T>(n), chunk = std::max<index_t>(4, few_rows_chunk / n);
  std::fill_n(sums, m * step, T{0});
  for (index_t p = begin; p < end; p += chunk) {
    const index_t depth = std::min(chunk, end - p);
    for (index_t i = 0; i < m; i += 2) {
      const MatrixView<T> rows = a.from(i, p);
      T* const to = sums + i * step;
      index_t j = 0;
      if (i + 1 < m) {
        for (; j + two * w <= n; j += two * w) few_rows_tile<2, two>(depth, rows, b.at(p, j), b.row_step, to + j, step);
      } else {
        for (; j + one * w <= n; j += one * w) few_rows_tile<1, one>(depth, rows, b.at(p, j), b.row_step, to + j, step);
      }
      for (; j + w <= n; j += w) {
        i + 1 < m ? few_rows_tile<2, 1>(depth, rows, b.at(p, j), b.row_step, to + j, step)
                  : few_rows_tile<1, 1>(depth, rows, b.at(p, j), b.row_step, to + j, step);
      }
      if (j == n) continue;
      // Row q of B may be read whole where q · row_step + j + w ≤ (k − 1) · row_step + n.
      const index_t beyond = (j + w - n + b.row_step - 1) / b.row_step, whole = k - std::min(k, beyond);
      for (index_t r = i; r < std::min(m, i + 2); ++r) {
        few_rows_edge(depth, whole - std::min(whole, p), n - j, a.at(r, p), a.column_step, b.at(p, j), b.row_step, sums + r * step + j);
      }
    }
  }
}

/// Row by row: the parts' sums in their order, then the epilogue.
template <class T>
void few_rows_finish(index_t m, index_t n, index_t parts, const T* sums, const Epilogue<T>& epilogue, T* c, index_t c_step) {
  const index_t step = whole_vectors<T>(n);
  for (index_t i = 0; i < m; ++i) {
    for (index_t j = 0; j < n; j += width<T>) {
      Vector<T> sum[1][1] = {{load_vector(sums + i * step + j)}};
      for (index_t part = 1; part < parts; ++part) sum[0][0] = sum[0][0] + load_vector(sums + (part * m + i) * step + j);
      Epilogue<T> last = epilogue;
      if (last.bias != nullptr) last.bias += j;
      store_tile(sum, c + i * c_step + j, c_step, std::min(width<T>, n - j), last);
    }
  }
}

}  // namespace taut::kernels::cpu::detail
