/// A linear layer's three products. Geometries are ordinary arguments, so that layers share their kernels.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cuda/bias.cuh"
#include "taut/kernels/cuda/gemm.cuh"
#include "taut/kernels/cuda/matrix_operand.cuh"

namespace taut::kernels::cuda {

template <class T>
constexpr index_t linear_forward_workspace(const LinearGeometry& g, index_t rows) {
  return most_of_batches(rows, [&](index_t r) { return gemm_workspace<T>({r, g.out, g.in}); });
}

template <class T>
constexpr index_t linear_backward_input_workspace(const LinearGeometry& g, index_t rows) {
  return most_of_batches(rows, [&](index_t r) { return gemm_workspace<T>({r, g.in, g.out}); });
}

template <class T>
constexpr index_t linear_backward_weight_workspace(const LinearGeometry& g, index_t rows) {
  return most_of_batches(rows, [&](index_t r) {
    return std::max(gemm_workspace<T>({g.in, g.out, r}, true), column_sums_workspace(r, g.out));
  });
}

/// Enough for each of the three.
template <class T>
constexpr index_t linear_workspace(const LinearGeometry& g, index_t rows) {
  return std::max({linear_forward_workspace<T>(g, rows), linear_backward_input_workspace<T>(g, rows),
                   linear_backward_weight_workspace<T>(g, rows)});
}

/// 2·rows·in·out flops. Bytes: x, the weight and y once each, where the caches keep what neighbouring blocks share.
template <class T, Precision precision = Precision::fp32>
void linear_forward(cudaStream_t stream, const LinearGeometry& g, index_t rows,
                    const T* x,       // (rows, in)
                    const T* weight,  // (in, out)
                    const T* bias,    // (out) or null
                    Activation activation,
                    T* y,             // (rows, out)
                    T* workspace) {   // (linear_forward_workspace)
  gemm<T, precision>(stream, {rows, g.out, g.in}, MatrixOperand<T, true>(x, g.in), MatrixOperand<T, false>(weight, g.out),
                     {y, bias, activation, workspace}, g.in % 4 == 0 && aligned(x) && aligned(weight));
}

/// As many flops and bytes.
template <class T, Precision precision = Precision::fp32>
void linear_backward_input(cudaStream_t stream, const LinearGeometry& g, index_t rows,
                           const T* dy,      // (rows, out)
                           const T* weight,  // (in, out)
                           T* dx,            // (rows, in)
                           T* workspace) {   // (linear_backward_input_workspace)
  gemm<T, precision>(stream, {rows, g.in, g.out}, MatrixOperand<T, true>(dy, g.out), MatrixOperand<T, true>(weight, g.out),
                     {dx, nullptr, Activation::identity, workspace}, g.out % 4 == 0 && aligned(dy) && aligned(weight));
}

/// As many flops and bytes; dbias is summed up on the way.
template <class T, Precision precision = Precision::fp32>
void linear_backward_weight(cudaStream_t stream, const LinearGeometry& g, index_t rows,
                            const T* x,      // (rows, in)
                            const T* dy,     // (rows, out)
                            T* dweight,      // (in, out) or null
                            T* dbias,        // (out) or null
                            T* workspace) {  // (linear_backward_weight_workspace)
  if (dweight == nullptr) {
    if (dbias != nullptr) column_sums(stream, rows, g.out, dy, dbias, workspace);
    return;
  }
  gemm<T, precision>(stream, {g.in, g.out, rows}, MatrixOperand<T, false>(x, g.in), MatrixOperand<T, false>(dy, g.out),
                     {dweight, nullptr, Activation::identity, workspace, dbias}, g.in % 4 == 0 && aligned(x) && aligned(dy));
}

}  // namespace taut::kernels::cuda
