/// pack: copies the operands of a product into panels that the microkernel reads from front to back.
#pragma once

#include <algorithm>
#include <cstring>

#include "taut/core/shape.hpp"
#include "taut/kernels/cpu/simd.hpp"
#include "taut/kernels/cpu/transpose.hpp"

namespace taut::kernels::cpu {

/// A matrix that somebody else owns: element (i, j) is data[i·row_step + j·column_step].
template <class T>
struct MatrixView {
  const T* data = nullptr;
  index_t row_step = 1, column_step = 1;

  const T* at(index_t i, index_t j) const { return data + i * row_step + j * column_step; }
  MatrixView from(index_t i, index_t j) const { return {at(i, j), row_step, column_step}; }
  MatrixView transposed() const { return {data, column_step, row_step}; }
};

/// panel (depth, nr) = the first `columns` columns of b, zero in the others: a panel of B.
template <index_t nr, class T>
void pack_panel(index_t depth, index_t columns, MatrixView<T> b, T* __restrict panel) {
  if (b.column_step == 1 && columns == nr && nr % width<T> == 0) {
    // By vectors: g++ 12 makes a call of memmove of a loop over elements.
    for (index_t k = 0; k < depth; ++k) {
#pragma GCC unroll 8
      for (index_t j = 0; j < nr; j += width<T>) store_vector(panel + k * nr + j, load_vector(b.at(k, j)));
    }
    return;
  }
  for (index_t k = 0; columns != nr && k < depth; ++k) std::fill_n(panel + k * nr + columns, nr - columns, T{0});
  constexpr index_t side = transpose_side<T>, ahead = 128 / sizeof(T);
  // Whole squares first, by count: of a loop that goes on where another stopped g++ 12 warns that it might never end.
  const index_t whole_columns = b.row_step == 1 ? columns / side * side : 0, whole_depth = depth / side * side;
  for (index_t j = 0; j < whole_columns; j += side) {
    for (index_t k = 0; k < whole_depth; k += side) {
#pragma GCC unroll 16
      for (index_t i = 0; i < side; ++i) __builtin_prefetch(b.at(k, j + i) + ahead);
      transpose<side>(b.at(k, j), b.column_step, panel + k * nr + j, nr);
    }
  }
  for (index_t k = whole_depth; k < depth; ++k) {
    for (index_t i = 0; i < whole_columns; ++i) panel[k * nr + i] = *b.at(k, i);
  }
  for (index_t k = 0; k < depth; ++k) {
    for (index_t i = whole_columns; i < columns; ++i) panel[k * nr + i] = *b.at(k, i);
  }
}

/// panel (depth, rows) = the first `rows` rows of a, transposed: a tile's share of A.
template <index_t rows, class T>
void pack_rows(index_t depth, MatrixView<T> a, T* __restrict panel) {
  if (a.row_step == 1) {
    for (index_t k = 0; k < depth; ++k) std::memcpy(panel + k * rows, a.at(0, k), rows * sizeof(T));
    return;
  }
  for (index_t k = 0; k < depth; ++k) {
    for (index_t i = 0; i < rows; ++i) panel[k * rows + i] = *a.at(i, k);
  }
}

}  // namespace taut::kernels::cpu
