/// transform: M · X · Mᵀ for a small constant matrix M and a square of vectors X: what Winograd convolutions do before and after their
/// products. Everything is unrolled while compiling: zeros cost nothing, ones an addition, and mirror images share their sums.
#pragma once

#include <utility>

#include "taut/kernels/cpu/simd.hpp"
#include "taut/kernels/cpu/winograd/matrices.hpp"

namespace taut::kernels::cpu::winograd {

namespace detail {

/// visit(integral_constant<index_t, 0>) … visit(integral_constant<index_t, count − 1>).
template <index_t count, class Visit>
[[gnu::always_inline]] inline void unroll(Visit&& visit) {
  [&]<index_t... i>(std::integer_sequence<index_t, i...>) __attribute__((always_inline)) {
    (visit(std::integral_constant<index_t, i>{}), ...);
  }
  (std::make_integer_sequence<index_t, count>{});
}

/// Which columns a partial sum takes.
enum class Columns { all, even, odd };

constexpr bool takes(Columns columns, index_t column) { return columns == Columns::all || (column % 2 == 0) == (columns == Columns::even); }

/// The column that a sum begins with: one whose factor is 1 if there is any; `M::columns` where all are zero.
template <class M>
constexpr index_t first_column(const M& matrix, index_t row, Columns columns) {
  index_t found = M::columns;
  for (index_t j = M::columns; j-- > 0;) {
    if (!takes(columns, j) || matrix.values[row][j] == 0) continue;
    if (found == M::columns || matrix.values[row][j] == 1 || matrix.values[row][found] != 1) found = j;
  }
  return found;
}

/// Σ over `columns` of matrix[row][column] · in[column].
template <const auto& matrix, index_t row, Columns columns, class T>
[[gnu::always_inline]] inline Vector<T> row_sum(const Vector<T>* in) {
  using M = std::remove_cvref_t<decltype(matrix)>;
  constexpr index_t first = first_column(matrix, row, columns);
  if constexpr (first == M::columns) {
    return broadcast(T{0});
  } else {
    constexpr double factor = matrix.values[row][first];
    Vector<T> sum = factor == 1 ? in[first] : in[first] * broadcast(static_cast<T>(factor));
    unroll<M::columns>([&](auto j) __attribute__((always_inline)) {
      constexpr double value = matrix.values[row][j];
      if constexpr (j != first && value != 0 && takes(columns, j)) {
        if constexpr (value == 1) {
          sum = sum + in[j];
        } else if constexpr (value == -1) {
          sum = sum - in[j];
        } else {
          sum = fma(broadcast(static_cast<T>(value)), in[j], sum);
        }
      }
    });
    return sum;
  }
}

/// Whether row + 1 is row with its odd columns negated: the points ±a.
template <class M>
constexpr bool mirrored_rows(const M& matrix, index_t row) {
  if (row + 1 >= M::rows) return false;
  bool all_zero = true;
  for (index_t j = 0; j < M::columns; ++j) {
    if (matrix.values[row + 1][j] != (j % 2 == 0 ? 1 : -1) * matrix.values[row][j]) return false;
    all_zero = all_zero && (j % 2 == 0 || matrix.values[row][j] == 0);
  }
  return !all_zero;
}

/// Whether row `row` is the second of a mirrored pair; pairs are found from the top.
template <class M>
constexpr bool second_of_pair(const M& matrix, index_t row) {
  bool second = false;
  for (index_t i = 1; i <= row; ++i) second = !second && mirrored_rows(matrix, i - 1);
  return second;
}

}  // namespace detail

/// out (rows) = matrix · in (columns).
template <const auto& matrix, class T>
[[gnu::always_inline]] inline void multiply(const Vector<T>* in, Vector<T>* out) {
  using M = std::remove_cvref_t<decltype(matrix)>;
  static constexpr auto transposed = matrix.transposed();
  constexpr bool pairs_columns = [] {
    for (index_t j = 0; j < M::columns; ++j) {
      if (detail::mirrored_rows(transposed, j)) return true;
    }
    return false;
  }();
  if constexpr (pairs_columns) {
    // Of a mirrored pair of columns, even rows need the sum and odd rows the difference.
    Vector<T> even[M::columns], odd[M::columns];
    detail::unroll<M::columns>([&](auto j) __attribute__((always_inline)) {
      if constexpr (detail::mirrored_rows(transposed, j) && !detail::second_of_pair(transposed, j)) {
        even[j] = in[j] + in[j + 1];
        odd[j] = in[j] - in[j + 1];
      } else if constexpr (!detail::second_of_pair(transposed, j)) {
        even[j] = odd[j] = in[j];
      }
    });
    static constexpr auto halved = [] {
      auto result = matrix;
      for (index_t j = 0; j < M::columns; ++j) {
        for (index_t i = 0; i < M::rows; ++i) {
          if (detail::second_of_pair(transposed, j)) result.values[i][j] = 0;
        }
      }
      return result;
    }();
    detail::unroll<M::rows>([&](auto i) __attribute__((always_inline)) {
      out[i] = detail::row_sum<halved, i, detail::Columns::all, T>(i % 2 == 0 ? even : odd);
    });
  } else {
    detail::unroll<M::rows>([&](auto i) __attribute__((always_inline)) {
      if constexpr (detail::second_of_pair(matrix, i)) {
        return;
      } else if constexpr (detail::mirrored_rows(matrix, i)) {
        const Vector<T> even = detail::row_sum<matrix, i, detail::Columns::even, T>(in);
        const Vector<T> odd = detail::row_sum<matrix, i, detail::Columns::odd, T>(in);
        out[i] = even + odd;
        out[i + 1] = even - odd;
      } else {
        out[i] = detail::row_sum<matrix, i, detail::Columns::all, T>(in);
      }
    });
  }
}

/// store(i, j, (matrix · X · matrixᵀ)[i][j]) with X[i][j] = load(i, j), i and j integral_constants.
template <const auto& matrix, class T, class Load, class Store>
[[gnu::always_inline]] inline void transform(Load&& load, Store&& store) {
  using M = std::remove_cvref_t<decltype(matrix)>;
  Vector<T> between[M::rows][M::columns];
  detail::unroll<M::columns>([&](auto j) __attribute__((always_inline)) {
    Vector<T> in[M::columns], out[M::rows];
    detail::unroll<M::columns>([&](auto i) __attribute__((always_inline)) { in[i] = load(i, j); });
    multiply<matrix, T>(in, out);
    detail::unroll<M::rows>([&](auto i) __attribute__((always_inline)) { between[i][j] = out[i]; });
  });
  detail::unroll<M::rows>([&](auto i) __attribute__((always_inline)) {
    Vector<T> out[M::rows];
    multiply<matrix, T>(between[i], out);
    detail::unroll<M::rows>([&](auto j) __attribute__((always_inline)) { store(i, j, out[j]); });
  });
}

}  // namespace taut::kernels::cpu::winograd
