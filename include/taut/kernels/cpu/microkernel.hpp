/// microkernel: the innermost loop of every product: a tile of accumulators in registers, one rank-1 update a step.
#pragma once

#include <algorithm>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/activation.hpp"
#include "taut/kernels/cpu/gemm_blocking.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

/// Where row i of A lies at each step: i × step elements from the first.
template <index_t step>
struct RowStep {
  static constexpr index_t offset(index_t i) { return i * step; }
};

/// The same where the distance is known only when running.
struct SteppedRows {
  index_t step = 1;

  constexpr index_t offset(index_t i) const { return i * step; }
};

/// c[i][v] += Σ over k < depth of a[k·a_step + rows.offset(i − first)] · b[k·b_step + v·width …], for rows first … last − 1.
/// Requires: a and b readable at those places; b at vectors × width elements a step. Ensures: other rows of c unchanged.
/// c must be a local array of the caller: it lives in registers because everything here is inlined and unrolled.
template <class Rows, index_t first, index_t last, class T, index_t mr, index_t vectors>
[[gnu::always_inline]] inline void multiply_accumulate(Vector<T> (&c)[mr][vectors], index_t depth, const T* __restrict a, index_t a_step,
                                                       const T* __restrict b, index_t b_step, Rows rows = {}) {
  for (; depth != 0; --depth, a += a_step, b += b_step) {
    Vector<T> columns[vectors];
#pragma GCC unroll 8
    for (index_t v = 0; v < vectors; ++v) columns[v] = load_vector(b + v * width<T>);
#pragma GCC unroll 32
    for (index_t i = first; i < last; ++i) {
      const Vector<T> row = broadcast(a[rows.offset(i - first)]);
#pragma GCC unroll 8
      for (index_t v = 0; v < vectors; ++v) c[i][v] = fma(row, columns[v], c[i][v]);
    }
  }
}

template <class T, index_t mr, index_t vectors>
[[gnu::always_inline]] inline void clear(Vector<T> (&c)[mr][vectors]) {
#pragma GCC unroll 32
  for (index_t i = 0; i < mr; ++i) {
#pragma GCC unroll 8
    for (index_t v = 0; v < vectors; ++v) c[i][v] = broadcast(T{0});
  }
}

/// What becomes of a finished tile.
template <class T>
struct Epilogue {
  const T* bias = nullptr;  // one a column, or null
  Activation activation = Activation::identity;
  bool accumulate = false;  // add to what is there (beta = 1) instead of overwriting it
};

/// The first `rows` rows and `columns` columns of a tile that lies in memory. Not inlined: it would be most of each kernel's code.
template <class T>
[[gnu::noinline]] void store_edge(const T* tile, index_t tile_step, index_t rows, index_t columns, T* out, index_t out_step,
                                  const Epilogue<T>& epilogue) {
  for (index_t i = 0; i < rows; ++i, tile += tile_step, out += out_step) {
    for (index_t j = 0; j < columns; j += width<T>) {
      const index_t lanes = std::min(width<T>, columns - j);
      Vector<T> value = load_vector(tile + j);
      if (epilogue.accumulate) value = value + load_first(out + j, lanes);
      if (epilogue.bias != nullptr) value = value + load_first(epilogue.bias + j, lanes);
      if (epilogue.activation == Activation::relu) value = max(broadcast(T{0}), value);
      store_first(out + j, value, lanes);
    }
    if (activates_stored(epilogue.activation)) activate_stored(epilogue.activation, out, 1, columns, out_step);
  }
}

/// Writes the tile's first `columns` columns and first `rows` rows, the rows out_step elements apart.
/// Requires columns ≤ vectors × width, rows ≤ mr.
template <class T, index_t mr, index_t vectors>
[[gnu::always_inline]] inline void store_tile(Vector<T> (&c)[mr][vectors], T* out, index_t out_step, index_t columns,
                                              const Epilogue<T>& epilogue, index_t rows = mr) {
  constexpr index_t nr = vectors * width<T>;
  if (columns == nr && rows == mr) {
    if (epilogue.accumulate) {
#pragma GCC unroll 32
      for (index_t i = 0; i < mr; ++i) {
#pragma GCC unroll 8
        for (index_t v = 0; v < vectors; ++v) c[i][v] = c[i][v] + load_vector(out + i * out_step + v * width<T>);
      }
    }
    if (epilogue.bias != nullptr) {
#pragma GCC unroll 8
      for (index_t v = 0; v < vectors; ++v) {
        const Vector<T> bias = load_vector(epilogue.bias + v * width<T>);
#pragma GCC unroll 32
        for (index_t i = 0; i < mr; ++i) c[i][v] = c[i][v] + bias;
      }
    }
    if (epilogue.activation == Activation::relu) {
      const Vector<T> zero = broadcast(T{0});
#pragma GCC unroll 32
      for (index_t i = 0; i < mr; ++i) {
#pragma GCC unroll 8
        for (index_t v = 0; v < vectors; ++v) c[i][v] = max(zero, c[i][v]);
      }
    }
#pragma GCC unroll 32
    for (index_t i = 0; i < mr; ++i) {
#pragma GCC unroll 8
      for (index_t v = 0; v < vectors; ++v) store_vector(out + i * out_step + v * width<T>, c[i][v]);
    }
    if (activates_stored(epilogue.activation)) activate_stored(epilogue.activation, out, mr, nr, out_step);
    return;
  }
  alignas(64) T tile[mr * nr];
#pragma GCC unroll 32
  for (index_t i = 0; i < mr; ++i) {
#pragma GCC unroll 8
    for (index_t v = 0; v < vectors; ++v) store_vector(tile + i * nr + v * width<T>, c[i][v]);
  }
  store_edge(tile, nr, rows, columns, out, out_step, epilogue);
}

}  // namespace taut::kernels::cpu
