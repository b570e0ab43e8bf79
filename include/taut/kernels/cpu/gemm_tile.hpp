/// gemm_tile: one register tile of a product, from reading A and B to writing C, for each number of rows.
#pragma once

#include <array>
#include <utility>

#include "taut/kernels/cpu/gemm_blocking.hpp"
#include "taut/kernels/cpu/microkernel.hpp"
#include "taut/kernels/cpu/pack.hpp"

namespace taut::kernels::cpu::detail {

inline constexpr index_t gemm_mr = gemm_tile().mr;
template <class T>
inline constexpr index_t gemm_nr = gemm_tile().vectors * width<T>;
template <class T>
inline constexpr index_t elements_of_line = 64 / sizeof(T);  // a cache line

template <class T>
struct GemmTile {
  index_t depth;
  MatrixView<T> a;  // from the tile's first element on
  MatrixView<T> b;
  T* panel;  // (depth, nr): these columns of B, packed
  T* c;
  index_t c_step, columns;
  Epilogue<T> epilogue;
  index_t next_begin, next_end;  // columns of the rows of A below the tile that are prefetched
};

/// multiply_accumulate reading B where it lies, and packing it on the way: the loads are there anyway, and the ports for stores are idle.
/// linear1 with 64 rows, whose packing took 13% of the time, is 6% faster for it (Zen 3, 2026-11-24).
template <class T, index_t rows, index_t vectors>
[[gnu::always_inline]] inline void multiply_and_pack(Vector<T> (&c)[rows][vectors], index_t depth, const T* __restrict a, index_t a_step,
                                                     const T* __restrict b, index_t b_step, T* __restrict panel, SteppedRows row) {
  for (; depth != 0; --depth, a += a_step, b += b_step, panel += vectors * width<T>) {
    __builtin_prefetch(b + prefetch_rows * b_step);
    Vector<T> columns[vectors];
#pragma GCC unroll 8
    for (index_t v = 0; v < vectors; ++v) {
      columns[v] = load_vector(b + v * width<T>);
      store_vector(panel + v * width<T>, columns[v]);
    }
#pragma GCC unroll 32
    for (index_t i = 0; i < rows; ++i) {
      const Vector<T> value = broadcast(a[row.offset(i)]);
#pragma GCC unroll 8
      for (index_t v = 0; v < vectors; ++v) c[i][v] = fma(value, columns[v], c[i][v]);
    }
  }
}

/// Requires: unless `packing`, t.panel holds the columns; if `packing`, nr columns, contiguous in b. Ensures: it holds them afterwards.
template <class T, index_t rows, bool packing>
void gemm_tile_kernel(const GemmTile<T>& t) {
#pragma GCC unroll 32
  for (index_t i = 0; i < rows; ++i) {
    __builtin_prefetch(t.c + i * t.c_step, 1);
    __builtin_prefetch(t.c + i * t.c_step + t.columns - 1, 1);
  }
  for (index_t k = t.next_begin; k < t.next_end; k += elements_of_line<T>) {
#pragma GCC unroll 32
    for (index_t i = rows; i < 2 * rows; ++i) __builtin_prefetch(t.a.at(i, k));
  }
  Vector<T> sums[rows][gemm_tile().vectors];
  clear<T>(sums);
  const SteppedRows row{t.a.row_step};
  if constexpr (packing) {
    multiply_and_pack<T>(sums, t.depth, t.a.data, t.a.column_step, t.b.data, t.b.row_step, t.panel, row);
  } else {
    multiply_accumulate<SteppedRows, 0, rows, T>(sums, t.depth, t.a.data, t.a.column_step, t.panel, gemm_nr<T>, row);
  }
  store_tile(sums, t.c, t.c_step, t.columns, t.epilogue);
}

/// The code for tiles of i + 1 rows.
template <class T, class = std::make_integer_sequence<index_t, gemm_mr>>
struct GemmKernels;
template <class T, index_t... i>
struct GemmKernels<T, std::integer_sequence<index_t, i...>> {
  using Kernel = void (*)(const GemmTile<T>&);
  static constexpr std::array<Kernel, gemm_mr> reading{&gemm_tile_kernel<T, i + 1, false>...},
      packing{&gemm_tile_kernel<T, i + 1, true>...};
  static constexpr std::array<void (*)(index_t, MatrixView<T>, T*), gemm_mr> pack{&pack_rows<i + 1, T>...};
};

}  // namespace taut::kernels::cpu::detail
