/// linear: y = activation(x·W + b) and its two gradients, each one product of the given Gemm.
#pragma once

#include <algorithm>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/column_sums.hpp"
#include "taut/kernels/cpu/microkernel.hpp"
#include "taut/kernels/cpu/pack.hpp"

namespace taut::kernels::cpu {

/// Elements of workspace for `rows` samples, enough for each of the three.
template <LinearGeometry g, class T, class Gemm>
constexpr index_t linear_workspace(index_t rows) {
  return std::max({Gemm::template workspace<T>(rows, g.out, g.in), Gemm::template workspace<T>(rows, g.in, g.out),
                   Gemm::template workspace<T>(g.in, g.out, rows), column_sums_workspace(rows, g.out)});
}

template <LinearGeometry g, class T, class Gemm, class Threads>
void linear_forward(Threads& threads, index_t rows,
                    const T* x,       // (rows, in)
                    const T* weight,  // (in, out)
                    const T* bias,    // (out) or null
                    Activation activation,
                    T* y,  // (rows, out)
                    T* workspace) {
  Gemm::template multiply<T>(threads, rows, g.out, g.in, MatrixView<T>{x, g.in, 1}, MatrixView<T>{weight, g.out, 1},
                             Epilogue<T>{bias, activation, false}, y, g.out, workspace);
}

template <LinearGeometry g, class T, class Gemm, class Threads>
void linear_backward_input(Threads& threads, index_t rows,
                           const T* dy,      // (rows, out)
                           const T* weight,  // (in, out)
                           T* dx,            // (rows, in)
                           T* workspace) {
  Gemm::template multiply<T>(threads, rows, g.in, g.out, MatrixView<T>{dy, g.out, 1}, MatrixView<T>{weight, 1, g.out}, Epilogue<T>{}, dx,
                             g.in, workspace);
}

template <LinearGeometry g, class T, class Gemm, class Threads>
void linear_backward_weight(Threads& threads, index_t rows,
                            const T* x,   // (rows, in)
                            const T* dy,  // (rows, out)
                            T* dweight,   // (in, out)
                            T* dbias,     // (out) or null
                            T* workspace) {
  if (rows == 0) std::fill_n(dweight, g.in * g.out, T{0});
  Gemm::template multiply<T>(threads, g.in, g.out, rows, MatrixView<T>{x, 1, g.in}, MatrixView<T>{dy, g.out, 1}, Epilogue<T>{}, dweight,
                             g.out, workspace);
  if (dbias != nullptr) column_sums(threads, rows, g.out, dy, dbias, workspace);
}

}  // namespace taut::kernels::cpu
