/// EigenGemm: matrix products by Eigen, for `Cpu<EigenGemm>`: a second, independent implementation of linear layers and convolutions.
#pragma once

#include "taut/kernels/eigen/product.hpp"

namespace taut {

struct EigenGemm {
  /// Convolutions go through a column matrix.
  static constexpr bool direct_convolution = false;

  template <class T>
  static constexpr index_t workspace(index_t, index_t, index_t) {
    return 0;
  }

  /// C (m, n) = epilogue(A (m, k) · B (k, n)), C's rows c_step elements apart. Requires: C overlaps neither A nor B.
  template <class T, class Threads>
  static void multiply(Threads& threads, index_t m, index_t n, index_t k, kernels::cpu::MatrixView<T> a, kernels::cpu::MatrixView<T> b,
                       kernels::cpu::Epilogue<T> epilogue, T* c, index_t c_step, T*) {
    kernels::eigen::product(threads, m, n, k, a, b, epilogue, c, c_step);
  }
};

}  // namespace taut
