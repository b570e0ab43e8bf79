/// product: C = epilogue(A·B) by Eigen, cut into blocks of rows for the threads.
#pragma once

#include <algorithm>

#include "taut/eigen/eigen_core.hpp"
#include "taut/kernels/cpu/activation.hpp"
#include "taut/kernels/cpu/microkernel.hpp"
#include "taut/kernels/cpu/pack.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"

namespace taut::kernels::eigen {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Calls use(map) with A or B as Eigen sees it: row-major, or the transpose of a row-major one. Requires one step to be 1.
template <class T, class Use>
void with_map(cpu::MatrixView<T> view, index_t rows, index_t columns, Use&& use) {
  using Map = Eigen::Map<const Matrix<T>, Eigen::Unaligned, Eigen::OuterStride<>>;
  const auto signed_of = [](index_t value) { return static_cast<Eigen::Index>(value); };
  if (view.column_step == 1) {
    use(Map(view.data, signed_of(rows), signed_of(columns), Eigen::OuterStride<>(signed_of(view.row_step))));
  } else {
    use(Map(view.data, signed_of(columns), signed_of(rows), Eigen::OuterStride<>(signed_of(view.column_step))).transpose());
  }
}

/// C (m, n), rows c_step elements apart. Ensures: bits independent of the number of threads: rows are cut by size alone.
template <class T, class Threads>
void product(Threads& threads, index_t m, index_t n, index_t k, cpu::MatrixView<T> a, cpu::MatrixView<T> b, cpu::Epilogue<T> epilogue, T* c,
             index_t c_step) {
  const index_t blocks = m * n * k < cpu::parallel_multiply_adds ? 1 : std::clamp<index_t>(m / 64, 1, cpu::tasks_wanted);
  threads.run(blocks, [&](index_t block) {
    const index_t first = block * m / blocks, rows = (block + 1) * m / blocks - first;
    Eigen::Map<Matrix<T>, Eigen::Unaligned, Eigen::OuterStride<>> out(c + first * c_step, static_cast<Eigen::Index>(rows),
                                                                      static_cast<Eigen::Index>(n),
                                                                      Eigen::OuterStride<>(static_cast<Eigen::Index>(c_step)));
    if (!epilogue.accumulate) out.setZero();
    with_map(cpu::MatrixView<T>{a.at(first, 0), a.row_step, a.column_step}, rows, k, [&](const auto& left) {
      with_map(b, k, n, [&](const auto& right) { out.noalias() += left * right; });
    });
    if (epilogue.bias != nullptr) {
      out.rowwise() += Eigen::Map<const Eigen::Matrix<T, 1, Eigen::Dynamic>>(epilogue.bias, static_cast<Eigen::Index>(n));
    }
    if (epilogue.activation == Activation::relu) out = out.unaryExpr([](T value) { return value < T{0} ? T{0} : value; });
    if (cpu::activates_stored(epilogue.activation)) cpu::activate_stored(epilogue.activation, c + first * c_step, rows, n, c_step);
  });
}

}  // namespace taut::kernels::eigen
