/// Matmul: products of matrices, vectors and batches of matrices.
#pragma once

#include "taut/core/arithmetic.hpp"

namespace taut {

namespace operations {

struct Matmul {
  using Elements = NumberElements;
  static constexpr std::string_view name = "matmul";
};

/// What `matmul` makes of an operand: matrices of `rows` x `columns`, as many as `batch` has elements.
struct MatrixBatch {
  Shape batch;
  index_t rows, columns;
};

/// All axes but the last two.
constexpr Shape batch_shape(Shape shape) {
  return shape.rank() == 3 ? Shape{shape.d0} : shape.rank() == 4 ? Shape{shape.d0, shape.d1} : Shape{};
}

/// A vector on the left is a row.
constexpr MatrixBatch left_matrices(Shape shape) {
  if (shape.rank() == 1) return {{}, 1, shape.d0};
  return {batch_shape(shape), shape[shape.rank() - 2], shape[shape.rank() - 1]};
}

/// A vector on the right is a column.
constexpr MatrixBatch right_matrices(Shape shape) {
  if (shape.rank() == 1) return {{}, shape.d0, 1};
  return {batch_shape(shape), shape[shape.rank() - 2], shape[shape.rank() - 1]};
}

/// The batch, then the rows unless the left operand is a vector, then the columns unless the right one is.
constexpr Shape matmul_shape(Shape a, Shape b) {
  const Shape batch = broadcast_shape(batch_shape(a), batch_shape(b));
  Extents extents;
  int axis = 0;
  for (; axis < batch.rank(); ++axis) extents[axis] = batch[axis];
  if (a.rank() > 1) extents[axis++] = a[a.rank() - 2];
  if (b.rank() > 1) extents[axis++] = b[b.rank() - 1];
  return shape_of(extents);
}

/// The sum of products of two runs, in lanes that the compiler may keep in a SIMD register.
template <index_t Length, class T>
T inner_product(const T* a, const T* b) {
  constexpr index_t lanes = 16, whole = Length / lanes * lanes;
  T lane[lanes]{};
  for (index_t i = 0; i < whole; i += lanes) {
    for (index_t l = 0; l < lanes; ++l) lane[l] = Add{}(lane[l], Multiply{}(a[i + l], b[i + l]));
  }
  for (index_t i = whole; i < Length; ++i) lane[i - whole] = Add{}(lane[i - whole], Multiply{}(a[i], b[i]));
  for (index_t left = lanes / 2; left > 0; left /= 2) {
    for (index_t l = 0; l < left; ++l) lane[l] = Add{}(lane[l], lane[l + left]);
  }
  return lane[0];
}

/// out (columns) += Σ a[i] · b[i] over `Rows` rows of b (rows, step).
template <index_t Rows, class T>
void add_rows(T* __restrict out, const T* __restrict a, const T* __restrict b, index_t step, index_t columns) {
  for (index_t j = 0; j < columns; ++j) {
    T sum = out[j];
    for (index_t i = 0; i < Rows; ++i) sum = Add{}(sum, Multiply{}(a[i], b[i * step + j]));
    out[j] = sum;
  }
}

/// out (rows, columns) = a (rows, depth) · b (depth, columns), where out is zeros. A block of b that fits into the first caches serves all
/// rows, four of its rows at a time.
template <index_t Rows, index_t Depth, index_t Columns, class T>
void multiply_matrices(T* out, const T* a, const T* b) {
  if constexpr (Columns == 1) {
    for (index_t i = 0; i < Rows; ++i) out[i] = inner_product<Depth>(a + i * Depth, b);
  } else {
    constexpr index_t depth_block = 64, column_block = 256, together = 4;
    for (index_t column = 0; column < Columns; column += column_block) {
      const index_t columns = std::min(column_block, Columns - column);
      for (index_t begin = 0; begin < Depth; begin += depth_block) {
        const index_t end = std::min(begin + depth_block, Depth), whole = begin + (end - begin) / together * together;
        for (index_t i = 0; i < Rows; ++i) {
          T* const to = out + i * Columns + column;
          for (index_t k = begin; k < whole; k += together) {
            add_rows<together>(to, a + i * Depth + k, b + k * Columns + column, Columns, columns);
          }
          for (index_t k = whole; k < end; ++k) add_rows<1>(to, a + i * Depth + k, b + k * Columns + column, Columns, columns);
        }
      }
    }
  }
}

template <class T, Shape A, Shape B>
auto product(View<const T, A> a, View<const T, B> b) {
  static constexpr MatrixBatch left = left_matrices(A), right = right_matrices(B);
  static constexpr index_t depth = left.columns;
  Tensor<T, matmul_shape(A, B)> result;
  if constexpr (right.batch.size() == 1) {  // one matrix for all rows there are
    multiply_matrices<A.size() / depth, depth, right.columns>(result.data(), a.data(), b.data());
  } else {
    static constexpr Shape batch = broadcast_shape(left.batch, right.batch);
    static constexpr StridedLoops<3> loops{
        batch, {row_major_steps(batch), broadcast_steps(left.batch, batch), broadcast_steps(right.batch, batch)}};
    loops.for_each_run([&](const auto& at) {
      for (index_t i = 0; i < loops.run_length(); ++i) {
        multiply_matrices<left.rows, depth, right.columns>(result.data() + (at[0] + i * loops.run_step(0)) * left.rows * right.columns,
                                                           a.data() + (at[1] + i * loops.run_step(1)) * left.rows * depth,
                                                           b.data() + (at[2] + i * loops.run_step(2)) * depth * right.columns);
      }
    });
  }
  return result;
}

}  // namespace operations

namespace diagnostics {

template <Shape A, Shape B>
struct matmul_misfit : about_operation<operations::Matmul, A, B> {
  static constexpr bool scalar = A.rank() == 0 || B.rank() == 0;
  static constexpr bool depth = !scalar && operations::left_matrices(A).columns == operations::right_matrices(B).rows;

  static constexpr TextBuilder wanted() {
    if (scalar) return matmul_misfit::say("expects vectors or matrices");
    if (depth) return matmul_misfit::say("expects a batch that broadcasts");
    return matmul_misfit::say("expects ", A[A.rank() - 1], B.rank() == 1 ? " elements" : " rows");
  }
  static constexpr TextBuilder got() { return matmul_misfit::say("but got ", matmul_misfit::word(B).view()); }
  static constexpr TextBuilder where() { return matmul_misfit::say("the right operand"); }
};

}  // namespace diagnostics

/// The matrix product: (m, k) · (k, n) is (m, n). A vector on the left is a row, on the right a column, and its axis is gone from the
/// result: (m, k) · (k) is (m), (k) · (k) a scalar tensor. Axes before the last two are batches, which broadcast: (b, m, k) · (k, n) is
/// (b, m, n). Both have one element type, in which sums of products are computed; integers wrap around.
/// https://pytorch.org/docs/stable/generated/torch.matmul.html
template <TensorLike A, TensorLike B>
auto matmul(const A& a, const B& b) {
  using T = typename A::value_type;
  using Got = typename B::value_type;
  constexpr Shape left = A::shape, right = B::shape;
  operations::accept_elements<operations::Matmul, T>();
  (void)diagnostics::require<std::is_same_v<T, Got>, diagnostics::element_misfit<operations::Matmul, T, Got>>{};
  constexpr bool ranks = left.rank() > 0 && right.rank() > 0;
  constexpr bool fits = ranks && operations::left_matrices(left).columns == operations::right_matrices(right).rows &&
                        broadcasts(operations::batch_shape(left), operations::batch_shape(right));
  (void)diagnostics::require<fits, diagnostics::matmul_misfit<left, right>>{};
  if constexpr (fits) return operations::product(View<const T, left>(a.view()), View<const T, right>(b.view()));
}

}  // namespace taut
