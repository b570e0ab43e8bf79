/// pack: copies the operands of a product into panels that the microkernel reads from front to back.
#pragma once

#include <algorithm>

#include "taut/core/shape.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

/// A matrix that somebody else owns: element (i, j) is data[i·row_step + j·column_step].
template <class T>
struct MatrixView {
  const T* data = nullptr;
  index_t row_step = 1, column_step = 1;

  const T* at(index_t i, index_t j) const { return data + i * row_step + j * column_step; }
  MatrixView transposed() const { return {data, column_step, row_step}; }
};

/// panel (depth, nr) = the first `columns` columns of b, zero in the others: a panel of B.
template <index_t nr, class T>
void pack_panel(index_t depth, index_t columns, MatrixView<T> b, T* __restrict panel) {
  if (b.column_step == 1 && columns == nr) {
    for (index_t k = 0; k < depth; ++k) {
      const T* from = b.data + k * b.row_step;
      for (index_t j = 0; j < nr; ++j) panel[k * nr + j] = from[j];
    }
    return;
  }
  for (index_t k = 0; k < depth; ++k) std::fill_n(panel + k * nr + columns, nr - columns, T{0});
  // Along the contiguous side of b innermost, in blocks that keep the other side's cache lines at hand.
  constexpr index_t block = 16;
  for (index_t k0 = 0; k0 < depth; k0 += block) {
    const index_t k1 = std::min(depth, k0 + block);
    for (index_t j = 0; j < columns; ++j) {
      const T* from = b.data + j * b.column_step;
      for (index_t k = k0; k < k1; ++k) panel[k * nr + j] = from[k * b.row_step];
    }
  }
}

/// panel (depth, mr) = the first `rows` rows of a, transposed, zero in the others: a panel of A.
template <index_t mr, class T>
void pack_rows(index_t rows, index_t depth, MatrixView<T> a, T* __restrict panel) {
  pack_panel<mr>(depth, rows, a.transposed(), panel);
}

}  // namespace taut::kernels::cpu
