/// column_sums: the sum of each column of a matrix, as a bias gradient is.
#pragma once

#include <algorithm>

#include "taut/core/shape.hpp"
#include "taut/kernels/cpu/gemm_blocking.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// Rows that are added up in T before their sum joins the others: bounds the rounding error of long columns.
inline constexpr index_t sum_rows = 256;

}  // namespace detail

constexpr index_t column_sums_workspace(index_t rows, index_t columns) {
  return (rows + detail::sum_rows - 1) / detail::sum_rows * columns;
}

/// sums (columns) = Σ over rows of x (rows, columns); workspace of column_sums_workspace elements.
template <class T, class Threads>
void column_sums(Threads& threads, index_t rows, index_t columns, const T* x, T* sums, T* workspace) {
  const auto add = [&](index_t begin, index_t end, index_t block) {
    T* __restrict part = workspace + block * columns;
    std::fill_n(part, columns, T{0});
    for (index_t row = begin; row < end; ++row) {
      const T* from = x + row * columns;
      for (index_t j = 0; j < columns; ++j) part[j] += from[j];
    }
  };
  if (rows * columns < parallel_elements) {
    for (index_t begin = 0; begin < rows; begin += detail::sum_rows) {
      add(begin, std::min(rows, begin + detail::sum_rows), begin / detail::sum_rows);
    }
  } else {
    parallel_blocks(threads, rows, detail::sum_rows, add);
  }
  std::fill_n(sums, columns, T{0});
  for (index_t block = 0; block * detail::sum_rows < rows; ++block) {
    for (index_t j = 0; j < columns; ++j) sums[j] += workspace[block * columns + j];
  }
}

}  // namespace taut::kernels::cpu
