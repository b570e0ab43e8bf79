/// as_eigen: a vector or matrix as an Eigen::Map, and back.
#pragma once

#include <type_traits>

#include "taut/core/tensor.hpp"
#include "taut/eigen/eigen_core.hpp"

namespace taut {

namespace diagnostics {

template <Shape Got>
struct eigen_misfit : about_tensor<Got, Got> {
  static constexpr TextBuilder who() { return eigen_misfit::say("as_eigen"); }
  static constexpr TextBuilder wanted() { return eigen_misfit::say("expects a vector or a matrix"); }
  static constexpr TextBuilder got() { return eigen_misfit::say("but got ", Got); }
  static constexpr TextBuilder where() { return eigen_misfit::say("one or two axes"); }
  static constexpr TextBuilder advice() { return eigen_misfit::say("index or reshape it first"); }
};

}  // namespace diagnostics

namespace detail {

/// Eigen puts the temporaries of fixed-size expressions on the stack: beyond this, sizes are Eigen's dynamic ones.
inline constexpr index_t eigen_fixed_bytes = 16 * 1024;

template <class T, Shape S>
struct EigenMatrix {
  static constexpr index_t row_count = S.d0, column_count = S.rank() == 2 ? S.d1 : 1;
  static constexpr bool fixed = S.size() * sizeof(T) <= eigen_fixed_bytes;
  static constexpr int rows = fixed ? static_cast<int>(row_count) : Eigen::Dynamic;
  static constexpr int columns = column_count == 1 ? 1 : fixed ? static_cast<int>(column_count) : Eigen::Dynamic;
  static constexpr int order = column_count == 1 ? Eigen::ColMajor : Eigen::RowMajor;  // a column can't be row-major; it lies the same
  using type = Eigen::Matrix<T, rows, columns, order>;
};

template <class T, Shape S>
auto eigen_map(View<T, S> view) {
  (void)diagnostics::require<S.rank() == 1 || S.rank() == 2, diagnostics::eigen_misfit<S>>{};
  if constexpr (S.rank() == 1 || S.rank() == 2) {
    using Matrix = EigenMatrix<std::remove_const_t<T>, S>;
    using Plain = std::conditional_t<std::is_const_v<T>, const typename Matrix::type, typename Matrix::type>;
    return Eigen::Map<Plain>(view.data(), static_cast<Eigen::Index>(Matrix::row_count), static_cast<Eigen::Index>(Matrix::column_count));
  }
}

}  // namespace detail

/// An Eigen::Map of a tensor's or view's own elements: writing to one writes to the other. A vector is a column. Sizes are fixed for Eigen
/// too unless the matrix is large. Valid as long as the elements are.
template <TensorLike X>
auto as_eigen(X& tensor) {
  return detail::eigen_map(tensor.view());
}
template <class T, Shape S>
auto as_eigen(View<T, S>&& view) {
  return detail::eigen_map(view);
}

/// A tensor of the shape S with the values of a matrix or an expression. Sizes that Eigen knows are checked while compiling; others
/// throw an Error where they differ.
template <Shape S, class Derived>
Tensor<typename Derived::Scalar, S> from_eigen(const Eigen::DenseBase<Derived>& matrix) {
  using Matrix = detail::EigenMatrix<typename Derived::Scalar, S>;
  constexpr auto known = [](int size, index_t expected) { return size == Eigen::Dynamic ? expected : static_cast<index_t>(size); };
  constexpr Shape given{known(Derived::RowsAtCompileTime, Matrix::row_count), known(Derived::ColsAtCompileTime, Matrix::column_count)};
  (void)diagnostics::require<given == Shape{Matrix::row_count, Matrix::column_count}, diagnostics::copy_misfit<S, given>>{};
  const auto rows = static_cast<index_t>(matrix.rows()), columns = static_cast<index_t>(matrix.cols());
  if (rows != Matrix::row_count || columns != Matrix::column_count) {
    fail("a tensor of ", Matrix::row_count, "x", Matrix::column_count, " was given an Eigen matrix of ", rows, "x", columns);
  }
  Tensor<typename Derived::Scalar, S> tensor;
  as_eigen(tensor) = matrix.derived();
  return tensor;
}

}  // namespace taut
