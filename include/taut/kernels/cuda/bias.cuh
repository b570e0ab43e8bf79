/// A bias by itself, and the sums of columns that its gradient is.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <bit>
#include <cstdint>

#include "taut/kernels/cuda/sum_parts.cuh"

namespace taut::kernels::cuda {

namespace detail {

inline constexpr int bias_threads = 256;

/// Threads of a block that sums columns: neighbours have neighbouring channels, up to 32 of them, and the rest other pixels.
inline constexpr int column_threads = 256, most_column_lanes = 32;
/// Pixels that a thread adds up one after the other, and blocks enough for every GPU. Chosen by thought, not measured.
inline constexpr index_t column_pixels_a_thread = 16, most_column_parts = 512;

struct ColumnPlan : PixelParts {
  index_t lanes;  ///< a power of two
};

constexpr ColumnPlan plan_columns(index_t pixels, index_t channels) {
  const index_t lanes = std::min<index_t>(std::bit_ceil(channels), most_column_lanes), rows = column_threads / lanes;
  return {cut_pixels(pixels, rows * column_pixels_a_thread, most_column_parts), lanes};
}

}  // namespace detail

/// y (count) = activation(y + bias (channels)). 2·count elements moved.
template <class T>
__global__ void __launch_bounds__(detail::bias_threads)
    add_bias_kernel(std::int64_t count, int channels, const T* bias, Activation::Kind kind, T negative_slope, T* y) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * detail::bias_threads + static_cast<int>(threadIdx.x);
  if (i >= count) return;
  y[i] = activate(kind, negative_slope, bias == nullptr ? y[i] : y[i] + bias[i % channels]);
}

template <class T>
void add_bias(cudaStream_t stream, index_t pixels, index_t channels,
              const T* bias,  // (channels) or null
              Activation activation,
              T* y) {  // (pixels, channels)
  const auto blocks = static_cast<unsigned>(in_32_bits(divide_up(pixels * channels, detail::bias_threads), "blocks"));
  taut::cuda::launch(stream, {blocks}, detail::bias_threads, add_bias_kernel<T>, static_cast<std::int64_t>(pixels * channels),
                     static_cast<int>(channels), bias, activation.kind, static_cast<T>(activation.negative_slope), y);
}

/// sums (parts, channels): a part is the sum of part_pixels pixels of x (pixels, channels). Each element of x is read once.
template <class T>
__global__ void __launch_bounds__(detail::column_threads)
    column_sums_kernel(std::int64_t pixels, int channels, int lanes, std::int64_t part_pixels, const T* x, T* sums) {
  __shared__ T row_sums[detail::column_threads];
  const int thread = static_cast<int>(threadIdx.x), lane = thread & (lanes - 1), row = thread / lanes;
  const int rows = detail::column_threads / lanes;
  const std::int64_t channel = static_cast<std::int64_t>(blockIdx.y) * lanes + lane, begin = blockIdx.x * part_pixels;
  const std::int64_t end = pixels - begin < part_pixels ? pixels : begin + part_pixels;
  T sum{};
  if (channel < channels) {
#pragma unroll 4
    for (std::int64_t p = begin + row; p < end; p += rows) sum += x[p * channels + channel];
  }
  row_sums[thread] = sum;
  for (int half = rows / 2; half > 0; half /= 2) {
    __syncthreads();
    if (row < half) row_sums[thread] = sum = sum + row_sums[thread + half * lanes];
  }
  if (row == 0 && channel < channels) sums[static_cast<std::int64_t>(blockIdx.x) * channels + channel] = sum;
}

/// Elements of column_sums' workspace.
constexpr index_t column_sums_workspace(index_t pixels, index_t channels) {
  const index_t parts = detail::plan_columns(pixels, channels).most_parts;
  return parts > 1 ? parts * channels : 0;
}

template <class T>
void column_sums(cudaStream_t stream, index_t pixels, index_t channels,
                 const T* x,      // (pixels, channels)
                 T* sums,         // (channels)
                 T* workspace) {  // (column_sums_workspace)
  const detail::ColumnPlan plan = detail::plan_columns(pixels, channels);
  const bool once = plan.parts == 1;
  const taut::cuda::Grid blocks{static_cast<unsigned>(plan.parts), static_cast<unsigned>(divide_up(channels, plan.lanes))};
  taut::cuda::launch(stream, blocks, detail::column_threads, column_sums_kernel<T>, static_cast<std::int64_t>(pixels),
                     static_cast<int>(channels), static_cast<int>(plan.lanes), static_cast<std::int64_t>(plan.part_pixels), x,
                     once ? sums : workspace);
  if (!once) sum_parts<T>(stream, plan.parts, channels, workspace, nullptr, channels, Activation::identity, sums);
}

}  // namespace taut::kernels::cuda
