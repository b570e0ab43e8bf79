/// sum_parts: adds up what blocks made of one result side by side, always in the same order.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "taut/device/cuda/launch.cuh"
#include "taut/kernels/cuda/blocks.cuh"
#include "taut/kernels/cuda/gemm_output.cuh"

namespace taut::kernels::cuda {

/// Elements that a block adds up, and the threads of each: the parts are read by several, because a sum of few elements is all latency.
/// Chosen by thought, not measured.
inline constexpr int sum_elements = 32, sum_slices = 8;

/// y (count) = activation(Σ over parts of parts (part_count, count) + bias (channels)). part_count · count elements read, count written.
/// The sums from the index `first_tail` on go to `tail`.
/// Slice s adds up the parts s, s + 8, …, and the slices are added in their order.
template <class T>
__global__ void __launch_bounds__(sum_elements* sum_slices)
    sum_parts_kernel(const T* parts, int part_count, std::int64_t count, const T* bias, int channels, Activation::Kind kind,
                     T negative_slope, T* y, std::int64_t first_tail, T* tail) {
  __shared__ T sums[sum_slices][sum_elements];
  const int lane = static_cast<int>(threadIdx.x) % sum_elements, slice = static_cast<int>(threadIdx.x) / sum_elements;
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * sum_elements + lane;
  T sum{};
  if (i < count) {
#pragma unroll 4
    for (int part = slice; part < part_count; part += sum_slices) sum += parts[part * count + i];
  }
  sums[slice][lane] = sum;
  __syncthreads();
  if (slice != 0 || i >= count) return;
  for (int s = 1; s < sum_slices; ++s) sum += sums[s][lane];
  if (bias != nullptr) sum += bias[i % channels];
  *(i < first_tail ? y + i : tail + (i - first_tail)) = activate(kind, negative_slope, sum);
}

template <class T>
void sum_parts(cudaStream_t stream, index_t part_count, index_t count,
               const T* parts,  // (part_count, count)
               const T* bias,   // (channels) or null
               index_t channels, Activation activation,
               T* y,                     // (count), or what of it comes before the tail
               index_t tail_count = 0,
               T* tail = nullptr) {      // (tail_count)
  const auto blocks = static_cast<unsigned>(in_32_bits(divide_up(count, sum_elements), "blocks"));
  taut::cuda::launch(stream, {blocks}, sum_elements * sum_slices, sum_parts_kernel<T>, parts, static_cast<int>(part_count),
                     static_cast<std::int64_t>(count), bias, static_cast<int>(channels), activation.kind,
                     static_cast<T>(activation.negative_slope), y, static_cast<std::int64_t>(count - tail_count), tail);
}

}  // namespace taut::kernels::cuda
