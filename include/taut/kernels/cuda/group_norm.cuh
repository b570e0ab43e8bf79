/// group_norm: normalises groups of each row, and their gradients.
///
/// With n elements in a group, x̂ = (x − mean)·inv_std and d = dy·weight: dx = inv_std·(d − Σd/n − x̂·Σ(d·x̂)/n).
/// Going back, the moments are found again, then Σ dy and Σ dy·x̂ of each row's channels, of which the sums over a group and those over
/// the rows (dbias, dweight) are made.
#pragma once

#include <cuda_runtime.h>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cuda/channel_sums.cuh"
#include "taut/kernels/cuda/fast_division.cuh"
#include "taut/kernels/cuda/sweep.cuh"

namespace taut::kernels::cuda {

/// A group of a row of x (rows, pixels, channels).
struct GroupAxes {
  int channels, pixels, groups, group_channels, size;  // size: of a group
  FastDivision by_group_channels;

  explicit GroupAxes(const GroupNormGeometry& g)
      : channels(static_cast<int>(g.channels)), pixels(static_cast<int>(g.pixels)), groups(static_cast<int>(g.groups)),
        group_channels(static_cast<int>(g.group_channels())), size(in_32_bits(g.group_size(), "elements of a group")),
        by_group_channels(g.group_channels()) {}

  /// The channel of an element of the block's group, and its place in x.
  __device__ int channel(int element, int pixel) const {
    return static_cast<int>(blockIdx.x) * group_channels + by_group_channels.remainder(element, pixel);
  }
  __device__ std::int64_t place(int pixel, int channel) const {
    return (static_cast<std::int64_t>(blockIdx.y) * pixels + pixel) * channels + channel;
  }
};

/// Calls visit(channel, place in x) for the elements of the block's group, each by one thread.
template <class Visit>
__device__ void for_each_of_group(const GroupAxes& axes, Visit&& visit) {
  for (int i = static_cast<int>(threadIdx.x); i < axes.size; i += sweep_threads) {
    const int pixel = axes.by_group_channels.quotient(i), channel = axes.channel(i, pixel);
    visit(channel, axes.place(pixel, channel));
  }
}

/// Mean and 1 / √(biased variance + eps) of the block's group, in every thread. Two passes; the second one reads from a cache.
template <class T>
__device__ Pair<T> group_moments(const GroupAxes& axes, T eps, const T* x, T* shared /* (32) */) {
  const T n = static_cast<T>(axes.size);
  T sum{};
  for_each_of_group(axes, [&](int, std::int64_t at) { sum += x[at]; });
  const T mean = block_sum(sum, shared) / n;
  T squares{};
  for_each_of_group(axes, [&](int, std::int64_t at) { squares += (x[at] - mean) * (x[at] - mean); });
  return {mean, T{1} / sqrt(block_sum(squares, shared) / n + eps)};
}

/// A block has one group of one row.
template <class T>
__global__ void __launch_bounds__(sweep_threads)
    group_norm_forward_kernel(GroupAxes axes, T eps, const T* x, const T* weight, const T* bias, T* y) {
  __shared__ T shared[32];
  const Pair<T> moments = group_moments(axes, eps, x, shared);
  for_each_of_group(axes, [&](int c, std::int64_t at) { y[at] = (x[at] - moments.first) * moments.second * weight[c] + bias[c]; });
}

template <class T>
void group_norm_forward(cudaStream_t stream, const GroupNormGeometry& g, index_t rows,
                        const T* x,       // (rows, pixels, channels)
                        const T* weight,  // (channels)
                        const T* bias,    // (channels)
                        double eps,
                        T* y) {  // as x
  taut::cuda::launch(stream, {static_cast<unsigned>(g.groups), static_cast<unsigned>(rows)}, sweep_threads, &group_norm_forward_kernel<T>,
                     GroupAxes(g), static_cast<T>(eps), x, weight, bias, y);
}

/// moments (rows, groups, 2).
template <class T>
__global__ void __launch_bounds__(sweep_threads) group_moments_kernel(GroupAxes axes, T eps, const T* x, T* moments) {
  __shared__ T shared[32];
  const Pair<T> found = group_moments(axes, eps, x, shared);
  if (threadIdx.x != 0) return;
  T* const to = moments + 2 * (static_cast<std::int64_t>(blockIdx.y) * axes.groups + blockIdx.x);
  to[0] = found.first;
  to[1] = found.second;
}

/// dy and dy·x̂.
template <class T>
struct GroupProducts {
  int channels, groups, group_channels;
  FastDivision pixels;
  const T* x;
  const T* dy;
  const T* moments;
  __device__ Pair<T> operator()(std::int64_t pixel, int channel) const {
    const std::int64_t row = pixels.quotient(static_cast<int>(pixel));
    const T* const own = moments + 2 * (row * groups + channel / group_channels);
    const std::int64_t at = pixel * channels + channel;
    return {dy[at], dy[at] * (x[at] - own[0]) * own[1]};
  }
};

/// dx of one group of one row, from the sums of its channels.
template <class T>
__global__ void __launch_bounds__(sweep_threads)
    group_norm_dx_kernel(GroupAxes axes, const T* x, const T* dy, const T* weight, const T* moments, const T* sums, T* dx) {
  __shared__ T shared[32];
  const T* const own = sums + static_cast<std::int64_t>(blockIdx.y) * 2 * axes.channels;  // (2, channels)
  const T* const moment = moments + 2 * (static_cast<std::int64_t>(blockIdx.y) * axes.groups + blockIdx.x);
  T sum{}, product_sum{};
  for (int k = static_cast<int>(threadIdx.x); k < axes.group_channels; k += sweep_threads) {
    const int c = static_cast<int>(blockIdx.x) * axes.group_channels + k;
    sum += own[c] * weight[c];
    product_sum += own[axes.channels + c] * weight[c];
  }
  const T n = static_cast<T>(axes.size);
  sum = block_sum(sum, shared) / n;
  product_sum = block_sum(product_sum, shared) / n;
  for_each_of_group(axes, [&](int c, std::int64_t at) {
    dx[at] = moment[1] * (dy[at] * weight[c] - sum - (x[at] - moment[0]) * moment[1] * product_sum);
  });
}

template <class T>
struct GroupParameterGradients {
  T* dweight;
  T* dbias;
  __device__ void operator()(int c, double sum, double product_sum) const {
    dbias[c] = static_cast<T>(sum);
    dweight[c] = static_cast<T>(product_sum);
  }
};

/// The moments of each group, and two sums of each row's channels.
constexpr index_t group_norm_workspace(const GroupNormGeometry& g, index_t rows) { return 2 * rows * (g.groups + g.channels); }

template <class T>
void group_norm_backward(cudaStream_t stream, const GroupNormGeometry& g, index_t rows,
                         const T* x,       // (rows, pixels, channels)
                         const T* dy,      // as x
                         const T* weight,  // (channels)
                         double eps,
                         T* dx,           // as x, or null
                         T* dweight,      // (channels)
                         T* dbias,        // (channels)
                         T* workspace) {  // (group_norm_workspace)
  in_32_bits(rows * g.pixels, "pixels of a batch");
  const taut::cuda::Grid blocks{static_cast<unsigned>(g.groups), static_cast<unsigned>(rows)};
  T* const moments = workspace;
  T* const sums = workspace + 2 * rows * g.groups;
  taut::cuda::launch(stream, blocks, sweep_threads, &group_moments_kernel<T>, GroupAxes(g), static_cast<T>(eps), x, moments);
  channel_parts(stream, rows * g.pixels, g.channels, g.pixels,
                GroupProducts<T>{static_cast<int>(g.channels), static_cast<int>(g.groups), static_cast<int>(g.group_channels()),
                                 FastDivision(g.pixels), x, dy, moments},
                sums);
  if (dx != nullptr) {
    taut::cuda::launch(stream, blocks, sweep_threads, &group_norm_dx_kernel<T>, GroupAxes(g), x, dy, weight, static_cast<const T*>(moments),
                       static_cast<const T*>(sums), dx);
  }
  join_channel_parts(stream, rows, g.channels, static_cast<const T*>(sums), GroupParameterGradients<T>{dweight, dbias});
}

}  // namespace taut::kernels::cuda
