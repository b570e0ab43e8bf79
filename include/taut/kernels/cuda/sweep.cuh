/// Sweep: one function called for every index, lanes of a warp at neighbouring ones; and sums over such, always in the same order.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>

#include "taut/device/cuda/launch.cuh"
#include "taut/kernels/cuda/blocks.cuh"

namespace taut::kernels::cuda {

inline constexpr int sweep_threads = 256;

/// Blocks of a sweep: enough for every GPU, after which threads take several elements. Chosen by thought, not measured.
inline constexpr index_t most_sweep_blocks = 8192;

/// Blocks of a sum, which each leave partial sums behind. A pure function of the count, so that results don't depend on the GPU.
inline constexpr index_t most_sum_blocks = 512, summed_a_thread = 4;

constexpr index_t sum_blocks(index_t count) {
  return std::clamp<index_t>(divide_up(count, sweep_threads * summed_a_thread), 1, most_sum_blocks);
}

/// The index of this thread among all of its grid's, and how many there are.
__device__ __forceinline__ std::int64_t grid_thread() { return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; }
__device__ __forceinline__ std::int64_t grid_threads() { return static_cast<std::int64_t>(gridDim.x) * blockDim.x; }

template <class Function>
__global__ void __launch_bounds__(sweep_threads) sweep_kernel(std::int64_t count, Function function) {
  for (std::int64_t i = grid_thread(); i < count; i += grid_threads()) function(i);
}

/// function(i), a `__device__` operator, for i from 0 to count − 1 in any order.
template <class Function>
void sweep(cudaStream_t stream, index_t count, const Function& function) {
  const auto blocks = static_cast<unsigned>(std::min(divide_up(count, sweep_threads), most_sweep_blocks));
  taut::cuda::launch(stream, {blocks}, sweep_threads, &sweep_kernel<Function>, static_cast<std::int64_t>(count), function);
}

/// The sum of a warp's values, in every lane.
template <class T>
__device__ __forceinline__ T warp_sum(T value) {
  for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(0xFFFFFFFFU, value, distance);
  return value;
}

template <class T>
__device__ __forceinline__ T warp_largest(T value) {
  for (int distance = 16; distance > 0; distance /= 2) {
    const T other = __shfl_xor_sync(0xFFFFFFFFU, value, distance);
    value = other > value ? other : value;
  }
  return value;
}

/// The sum of a block's values, in every thread. Requires whole warps, and `shared` with a place a warp.
template <class T>
__device__ T block_sum(T value, T* shared /* (32) */) {
  const int warp = static_cast<int>(threadIdx.x) / 32, warps = static_cast<int>(blockDim.x) / 32;
  value = warp_sum(value);
  __syncthreads();  // whoever still reads what was there
  if (threadIdx.x % 32 == 0) shared[warp] = value;
  __syncthreads();
  T sum{};
  for (int w = 0; w < warps; ++w) sum += shared[w];
  return sum;
}

/// partial (blocks) = Σ of what `function` returns for the block's indices, in double.
template <class Function>
__global__ void __launch_bounds__(sweep_threads) partial_sums_kernel(std::int64_t count, Function function, double* partial) {
  __shared__ double shared[32];
  double sum = 0;
  for (std::int64_t i = grid_thread(); i < count; i += grid_threads()) sum += function(i);
  sum = block_sum(sum, shared);
  if (threadIdx.x == 0) partial[blockIdx.x] = sum;
}

/// sums (values) = Σ over blocks of partial (blocks, values); one block of threads.
static __global__ void __launch_bounds__(sweep_threads) total_sums_kernel(int blocks, int values, const double* partial, double* sums) {
  __shared__ double shared[32];
  for (int v = 0; v < values; ++v) {
    double sum = 0;
    for (int b = static_cast<int>(threadIdx.x); b < blocks; b += static_cast<int>(blockDim.x)) sum += partial[b * values + v];
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0) sums[v] = sum;
  }
}

inline void total_sums(cudaStream_t stream, index_t blocks, int values,
                       const double* partial,  // (blocks, values)
                       double* sums) {         // (values)
  taut::cuda::launch(stream, {1}, sweep_threads, &total_sums_kernel, static_cast<int>(blocks), values, partial, sums);
}

/// *sum = Σ of what `function` returns for i from 0 to count − 1.
template <class Function>
void sum_over(cudaStream_t stream, index_t count, const Function& function,
              double* partial,  // (most_sum_blocks)
              double* sum) {    // (1)
  const index_t blocks = sum_blocks(count);
  taut::cuda::launch(stream, {static_cast<unsigned>(blocks)}, sweep_threads, &partial_sums_kernel<Function>,
                     static_cast<std::int64_t>(count), function, partial);
  total_sums(stream, blocks, 1, partial, sum);
}

}  // namespace taut::kernels::cuda
