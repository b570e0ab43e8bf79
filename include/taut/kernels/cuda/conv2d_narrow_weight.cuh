/// The weight's gradient of convolutions in groups of few channels.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>

#include "taut/kernels/cuda/conv2d_narrow.cuh"

namespace taut::kernels::cuda {

namespace detail {

/// Taps of the weight's gradient that a thread adds up at once: a 3×3 window's.
inline constexpr int narrow_taps = 9;
/// Pixels that a thread adds up at least, and blocks enough for every GPU; not measured.
inline constexpr index_t narrow_pixels_a_thread = 16, narrow_blocks = 1024;

struct NarrowWeightPlan : PixelParts {
  index_t channel_tiles, tap_tiles;
};

constexpr NarrowWeightPlan plan_narrow_weight(const Conv2dGeometry& g, index_t rows) {
  const index_t channel_tiles = divide_up(g.out_channels, narrow_lanes);
  const index_t tap_tiles = divide_up(g.taps(), narrow_taps);
  const index_t wanted = std::max<index_t>(narrow_blocks / (channel_tiles * tap_tiles * g.group_in_channels()), 1);
  return {cut_pixels(rows * g.out_pixels(), narrow_pixels * narrow_pixels_a_thread, wanted), channel_tiles, tap_tiles};
}

}  // namespace detail

/// A block adds up one part's pixels (x) for 32 output channels (y), nine taps of one input channel of their groups (z): each thread
/// every eighth pixel, then the eight threads' sums in turn. sums (parts, weight_size). 2·pixels·weight_size flops in all; dy is read
/// once for every nine taps and input channel of a group, x once a tap, mostly from a cache.
template <class T>
__global__ void __launch_bounds__(detail::narrow_threads)
    narrow_backward_weight_kernel(detail::NarrowExtents g, int pixels, int part_pixels, const T* x, const T* dy, T* sums) {
  constexpr int taps = detail::narrow_taps;
  __shared__ T thread_sums[taps][detail::narrow_pixels][detail::narrow_lanes];
  const int lane = static_cast<int>(threadIdx.x) % detail::narrow_lanes, mine = static_cast<int>(threadIdx.x) / detail::narrow_lanes;
  const int out = static_cast<int>(blockIdx.y) * detail::narrow_lanes + lane;
  const int first_tap = static_cast<int>(blockIdx.z) / g.group_in * taps, in = static_cast<int>(blockIdx.z) % g.group_in;
  const int all_taps = g.kernel_h * g.kernel_w;
  const bool exists = out < g.out_channels;
  const int in_channel = exists ? g.by_group_out.quotient(out) * g.group_in + in : 0;
  const int begin = static_cast<int>(blockIdx.x) * part_pixels, end = pixels - begin < part_pixels ? pixels : begin + part_pixels;

  T tap_sums[taps] = {};
  for (int pixel = begin + mine; exists && pixel < end; pixel += detail::narrow_pixels) {
    const int line = g.by_out_width.quotient(pixel), ow = g.by_out_width.remainder(pixel, line);
    const int row = g.by_out_height.quotient(line), oh = g.by_out_height.remainder(line, row);
    const T gradient = dy[static_cast<std::int64_t>(pixel) * g.out_channels + out];
    int kh = first_tap / g.kernel_w, kw = first_tap % g.kernel_w;
#pragma unroll
    for (int t = 0; t < taps; ++t) {
      const int h = oh * g.stride_h - g.padding_h + kh * g.dilation_h, w = ow * g.stride_w - g.padding_w + kw * g.dilation_w;
      if (first_tap + t < all_taps && h >= 0 && h < g.in_height && w >= 0 && w < g.in_width) {
        tap_sums[t] += gradient * x[static_cast<std::int64_t>((row * g.in_height + h) * g.in_width + w) * g.in_channels + in_channel];
      }
      if (++kw == g.kernel_w) {
        kw = 0;
        ++kh;
      }
    }
  }
#pragma unroll
  for (int t = 0; t < taps; ++t) thread_sums[t][mine][lane] = tap_sums[t];
  __syncthreads();
  // Each of the block's warps finishes other taps.
  for (int t = mine; t < taps && first_tap + t < all_taps && exists; t += detail::narrow_pixels) {
    T sum{};
    for (int p = 0; p < detail::narrow_pixels; ++p) sum += thread_sums[t][p][lane];
    const std::int64_t weight = static_cast<std::int64_t>((first_tap + t) * g.group_in + in) * g.out_channels + out;
    sums[static_cast<std::int64_t>(blockIdx.x) * all_taps * g.group_in * g.out_channels + weight] = sum;
  }
}

/// Elements of narrow_backward_weight's workspace.
constexpr index_t narrow_backward_weight_workspace(const Conv2dGeometry& g, index_t rows) {
  const index_t parts = detail::plan_narrow_weight(g, rows).most_parts;
  return parts > 1 ? parts * g.weight_size() : 0;
}

template <class T>
void narrow_backward_weight(cudaStream_t stream, const Conv2dGeometry& g, index_t rows,
                            const T* x,      // (rows, in_height, in_width, in_channels)
                            const T* dy,     // (rows, out_height, out_width, out_channels)
                            T* dweight,      // (kernel_height, kernel_width, in_channels / groups, out_channels)
                            T* workspace) {  // (narrow_backward_weight_workspace)
  const detail::NarrowWeightPlan plan = detail::plan_narrow_weight(g, rows);
  const bool once = plan.parts == 1;
  const taut::cuda::Grid blocks{static_cast<unsigned>(plan.parts), static_cast<unsigned>(plan.channel_tiles),
                                static_cast<unsigned>(plan.tap_tiles * g.group_in_channels())};
  taut::cuda::launch(stream, blocks, detail::narrow_threads, narrow_backward_weight_kernel<T>, detail::NarrowExtents(g),
                     static_cast<int>(rows * g.out_pixels()), static_cast<int>(plan.part_pixels), x, dy, once ? dweight : workspace);
  if (!once) sum_parts<T>(stream, plan.parts, g.weight_size(), workspace, nullptr, g.out_channels, Activation::identity, dweight);
}

}  // namespace taut::kernels::cuda
