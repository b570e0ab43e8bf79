/// channel_sums: two sums a channel from one reading, first in parts, then over the parts; always in the same order.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "taut/device/cuda/launch.cuh"
#include "taut/kernels/cuda/bias.cuh"
#include "taut/kernels/cuda/blocks.cuh"

namespace taut::kernels::cuda {

template <class T>
struct Pair {
  T first, second;
};

/// Channels that one block joins, and the threads of each.
inline constexpr int joined_channels = 32, joining_threads = 16;

/// parts (parts, 2, channels): a part has part_pixels pixels, of which function(pixel, channel) returns a Pair. Neighbouring lanes have
/// neighbouring channels; a thread adds up some pixels, a block's threads join theirs as a tree.
template <class T, class Function>
__global__ void __launch_bounds__(detail::column_threads)
    channel_sums_kernel(std::int64_t pixels, int channels, int lanes, std::int64_t part_pixels, Function function, T* parts) {
  __shared__ T first_sums[detail::column_threads];
  __shared__ T second_sums[detail::column_threads];
  const int thread = static_cast<int>(threadIdx.x), lane = thread & (lanes - 1);
  const int row = thread / lanes, rows = detail::column_threads / lanes;
  const int channel = static_cast<int>(blockIdx.y) * lanes + lane;
  const std::int64_t begin = blockIdx.x * part_pixels, end = pixels - begin < part_pixels ? pixels : begin + part_pixels;
  T first{}, second{};
  if (channel < channels) {
#pragma unroll 4
    for (std::int64_t p = begin + row; p < end; p += rows) {
      const Pair<T> found = function(p, channel);
      first += found.first;
      second += found.second;
    }
  }
  first_sums[thread] = first;
  second_sums[thread] = second;
  for (int half = rows / 2; half > 0; half /= 2) {
    __syncthreads();
    if (row >= half) continue;
    first_sums[thread] = first = first + first_sums[thread + half * lanes];
    second_sums[thread] = second = second + second_sums[thread + half * lanes];
  }
  if (row != 0 || channel >= channels) return;
  T* const part = parts + static_cast<std::int64_t>(blockIdx.x) * 2 * channels;
  part[channel] = first;
  part[channels + channel] = second;
}

/// function(channel, Σ first, Σ second) for each channel; the parts are joined in double.
template <class T, class Function>
__global__ void __launch_bounds__(joined_channels* joining_threads)
    join_channel_sums_kernel(int part_count, int channels, const T* parts, Function function) {
  __shared__ double sums[2][joining_threads][joined_channels];
  const int lane = static_cast<int>(threadIdx.x) % joined_channels, slice = static_cast<int>(threadIdx.x) / joined_channels;
  const int channel = static_cast<int>(blockIdx.x) * joined_channels + lane;
  double first = 0, second = 0;
  if (channel < channels) {
#pragma unroll 4
    for (int part = slice; part < part_count; part += joining_threads) {
      first += static_cast<double>(parts[static_cast<std::int64_t>(2 * part) * channels + channel]);
      second += static_cast<double>(parts[static_cast<std::int64_t>(2 * part + 1) * channels + channel]);
    }
  }
  sums[0][slice][lane] = first;
  sums[1][slice][lane] = second;
  __syncthreads();
  if (slice != 0 || channel >= channels) return;
  for (int s = 1; s < joining_threads; ++s) {
    first += sums[0][s][lane];
    second += sums[1][s][lane];
  }
  function(channel, first, second);
}

/// Elements of the parts.
constexpr index_t channel_sums_workspace(index_t pixels, index_t channels) {
  return detail::plan_columns(pixels, channels).most_parts * 2 * channels;
}

/// parts (parts, 2, channels), a part the sums over part_pixels of the pixels.
template <class T, class Function>
void channel_parts(cudaStream_t stream, index_t pixels, index_t channels, index_t part_pixels, const Function& function, T* parts) {
  const index_t lanes = detail::plan_columns(pixels, channels).lanes;
  const taut::cuda::Grid blocks{static_cast<unsigned>(in_32_bits(divide_up(pixels, part_pixels), "parts of a sum")),
                                static_cast<unsigned>(divide_up(channels, lanes))};
  taut::cuda::launch(stream, blocks, detail::column_threads, &channel_sums_kernel<T, Function>, static_cast<std::int64_t>(pixels),
                     in_32_bits(channels, "channels"), static_cast<int>(lanes), static_cast<std::int64_t>(part_pixels), function, parts);
}

template <class T, class Join>
void join_channel_parts(cudaStream_t stream, index_t part_count, index_t channels, const T* parts, const Join& join) {
  taut::cuda::launch(stream, {static_cast<unsigned>(divide_up(channels, joined_channels))}, joined_channels * joining_threads,
                     &join_channel_sums_kernel<T, Join>, static_cast<int>(part_count), static_cast<int>(channels), parts, join);
}

/// join(channel, Σ over pixels of function(pixel, channel)).
template <class T, class Function, class Join>
void channel_sums(cudaStream_t stream, index_t pixels, index_t channels, const Function& function, const Join& join,
                  T* workspace) {  // (channel_sums_workspace)
  const detail::ColumnPlan plan = detail::plan_columns(pixels, channels);
  channel_parts(stream, pixels, channels, plan.part_pixels, function, workspace);
  join_channel_parts(stream, plan.parts, channels, workspace, join);
}

}  // namespace taut::kernels::cuda
