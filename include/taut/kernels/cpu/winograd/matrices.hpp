/// matrices: the three transforms of a Winograd convolution F(m×m, 3×3), computed while compiling from its interpolation points.
#pragma once

#include "taut/core/shape.hpp"

namespace taut::kernels::cpu::winograd {

/// Rows × columns of numbers, row by row.
template <index_t Rows, index_t Columns>
struct Matrix {
  static constexpr index_t rows = Rows, columns = Columns;
  double values[Rows][Columns]{};

  constexpr Matrix<Columns, Rows> transposed() const {
    Matrix<Columns, Rows> result;
    for (index_t i = 0; i < Rows; ++i) {
      for (index_t j = 0; j < Columns; ++j) result.values[j][i] = values[i][j];
    }
    return result;
  }
};

/// Where the polynomials are evaluated, the point at infinity aside: small numbers in pairs ±a, whose sums and differences are shared.
/// Errors grow with the numbers: ±2 costs F(4×4) about a digit (Barabasz et al., "Error analysis and improving the accuracy of Winograd
/// convolution for deep neural networks", 2020).
inline constexpr double interpolation_points[] = {0, 1, -1, 2, -2};

/// y = output · [(filter · g · filterᵀ) ⊙ (input · d · inputᵀ)] · outputᵀ for n×n pixels d, a 3×3 filter g and m×m results y, n = m + 2
/// (Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016; their Aᵀ, G and Bᵀ, from Toom's and Cook's construction).
template <index_t m>
struct Transforms {
  static constexpr index_t n = m + 2, finite = n - 1;
  static_assert(finite <= 5, "there are points for m up to 4");

  /// Π over j ≠ skip of (x − point j), lowest power first.
  static constexpr Matrix<1, n> polynomial(index_t skip) {
    Matrix<1, n> product;
    product.values[0][0] = 1;
    index_t degree = 0;
    for (index_t j = 0; j < finite; ++j) {
      if (j == skip) continue;
      ++degree;
      for (index_t power = degree; power > 0; --power) {
        product.values[0][power] = product.values[0][power - 1] - interpolation_points[j] * product.values[0][power];
      }
      product.values[0][0] *= -interpolation_points[j];
    }
    return product;
  }

  /// Row i: powers 0 … Count − 1 of point i, divided by `divisor(i)`; the point at infinity has the highest power alone.
  template <index_t Count>
  static constexpr Matrix<n, Count> powers(bool normalized) {
    Matrix<n, Count> result;
    for (index_t i = 0; i < finite; ++i) {
      double divisor = 1, power = 1;
      for (index_t j = 0; j < finite; ++j) {
        if (normalized && j != i) divisor *= interpolation_points[i] - interpolation_points[j];
      }
      for (index_t k = 0; k < Count; ++k, power *= interpolation_points[i]) result.values[i][k] = power / divisor;
    }
    result.values[n - 1][Count - 1] = 1;
    return result;
  }

  static constexpr Matrix<n, n> input = [] {
    Matrix<n, n> result;
    for (index_t i = 0; i < n; ++i) {
      for (index_t k = 0; k < n; ++k) result.values[i][k] = polynomial(i).values[0][k];
    }
    return result;
  }();
  static constexpr Matrix<n, 3> filter = powers<3>(true);
  static constexpr Matrix<m, n> output = powers<m>(false).transposed();

  // The gradients go through the transposes.
  static constexpr Matrix<n, n> input_gradient = input.transposed();
  static constexpr Matrix<3, n> filter_gradient = filter.transposed();
  static constexpr Matrix<n, m> output_gradient = output.transposed();
};

}  // namespace taut::kernels::cpu::winograd
