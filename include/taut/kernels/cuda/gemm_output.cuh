/// GemmOutput: where a matrix product goes, and what is done to it on the way.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "taut/kernels/cuda/activate.cuh"
#include "taut/kernels/cuda/matrix_operand.cuh"
#include "taut/kernels/cuda/vector.cuh"

namespace taut::kernels::cuda {

/// Row i of a product is row i of its output.
struct EveryRow {
  __device__ int row(int i) const { return i; }
};

/// Element (i, j) of group g of part s goes to data[s * part_stride + rows.row(i) * stride + g * group_stride + j].
template <class T, class Rows = EveryRow>
struct GemmOutput {
  T* data = nullptr;
  int stride = 0, group_stride = 0;
  std::int64_t part_stride = 0;
  const T* bias = nullptr;  // (stride) or null
  Activation::Kind kind = Activation::Kind::identity;
  T negative_slope = 0;
  T* column_sums = nullptr;  // (groups, n) of each part, or null: the sums over the depth of the second factor, as dbias is
  Rows rows{};

  __device__ void enter(int part, int group) {
    const std::int64_t offset = part * part_stride + static_cast<std::int64_t>(wide_offset(group, group_stride, 0));
    data += offset;
    if (column_sums != nullptr) column_sums += offset;
    if (bias != nullptr) bias += wide_offset(group, group_stride, 0);
  }

  __device__ __forceinline__ T* address(int i, int j) const { return data + wide_offset(rows.row(i), stride, j); }
  __device__ __forceinline__ T bias_of(int j, int columns) const { return bias != nullptr && j < columns ? bias[j] : T{}; }

  /// Writes `width` neighbours from (i, j) on, each with its bias, through the activation if it is piecewise linear. Those beyond
  /// `columns` don't exist; where `whole` says so, either all or none of them do, and one instruction writes them.
  template <int width, bool whole>
  __device__ __forceinline__ void write(int i, int j, int columns, Vector<T, width> sums, const T* biases) const {
    T* const to = address(i, j);
#pragma unroll
    for (int v = 0; v < width; ++v) sums.values[v] = activate_linear(kind, negative_slope, sums.values[v] + biases[v]);
    if constexpr (whole) {
      if (j < columns) store_vector(to, sums);
    } else {
#pragma unroll
      for (int v = 0; v < width; ++v) {
        if (j + v < columns) to[v] = sums.values[v];
      }
    }
  }

  /// The other activations take many instructions: a thread reads again what it wrote, in a loop that isn't unrolled.
  __device__ __forceinline__ bool has_curve() const { return !piecewise_linear(kind); }
  __device__ __forceinline__ void curve(int i, int j) const {
    T* const at = address(i, j);
    *at = activate(kind, negative_slope, *at);
  }
};

}  // namespace taut::kernels::cuda
