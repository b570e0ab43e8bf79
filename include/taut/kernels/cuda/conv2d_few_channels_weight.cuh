/// The weight's gradient of convolutions from few channels, as a first layer is: a product of few rows and an enormous depth, of which a
/// tile would be mostly idle.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cuda/patch_operand.cuh"
#include "taut/kernels/cuda/sum_parts.cuh"
#include "taut/kernels/cuda/vector.cuh"

namespace taut::kernels::cuda {

namespace detail {

/// Up to 5×5 pixels of one channel or 3×3 of three; not measured.
constexpr bool few_channels(const Conv2dGeometry& g) { return g.groups == 1 && g.taps() * g.in_channels <= 27; }

/// Output channels of a block, and elements of the patch that each thread adds up at once: a 3×3 window's of one channel.
inline constexpr int few_channels_threads = 256, few_channels_outputs = 32, few_channels_patch = 9;
/// Pixels that a block adds up at least, and blocks enough for every GPU; not measured.
inline constexpr index_t few_channels_pixels = 512, few_channels_blocks = 512;

struct FewChannelsPlan : PixelParts {
  index_t channel_tiles, patch_tiles;
};

constexpr FewChannelsPlan plan_few_channels(const Conv2dGeometry& g, index_t rows) {
  const index_t channel_tiles = divide_up(g.out_channels, few_channels_outputs);
  const index_t patch_tiles = divide_up(g.taps() * g.in_channels, few_channels_patch);
  const index_t wanted = std::max<index_t>(few_channels_blocks / (channel_tiles * patch_tiles), 1);
  return {cut_pixels(rows * g.out_pixels(), few_channels_pixels, wanted), channel_tiles, patch_tiles};
}

}  // namespace detail

/// A block adds up one part's pixels (x) for 32 output channels (y) and nine elements of the patch (z). A thread has `width` neighbouring
/// channels of every 8·width-th pixel; the threads' sums are added in turn. sums and bias_sums are those of part 0, others lie
/// part_stride further; bias_sums (out_channels), the sums of dy, may be null. 2·pixels·weight_size flops; dy is read once for every nine
/// elements of the patch, x from a cache.
template <class T, int width>
__global__ void __launch_bounds__(detail::few_channels_threads)
    few_channels_backward_weight_kernel(PatchOperand<T, false> x, const T* dy, int pixels, int part_pixels, int patch_size,
                                        int out_channels, T* sums, T* bias_sums, std::int64_t part_stride) {
  constexpr int patch = detail::few_channels_patch, outputs = detail::few_channels_outputs, warps = detail::few_channels_threads / 32;
  constexpr int lanes = outputs / width, pixel_threads = detail::few_channels_threads / lanes;
  __shared__ T warp_sums[warps][patch + 1][outputs];  // the last are of dy itself
  const int thread = static_cast<int>(threadIdx.x), lane = thread % lanes;
  const int first_out = static_cast<int>(blockIdx.y) * outputs, out = first_out + lane * width;
  const int first_patch = static_cast<int>(blockIdx.z) * patch;
  const int begin = static_cast<int>(blockIdx.x) * part_pixels, end = pixels - begin < part_pixels ? pixels : begin + part_pixels;

  typename PatchOperand<T, false>::Inner elements[patch];
#pragma unroll
  for (int e = 0; e < patch; ++e) elements[e] = x.inner(first_patch + e, first_patch + e < patch_size);
  T mine[patch + 1][width] = {};
  if (out < out_channels) {
    for (int pixel = begin + thread / lanes; pixel < end; pixel += pixel_threads) {
      const Vector<T, width> gradient = load_vector<width>(dy + wide_offset(pixel, out_channels, out));
      const auto window = x.outer(pixel, true);
#pragma unroll
      for (int e = 0; e < patch; ++e) {
        const OperandPlace place = x.place(window, elements[e]);
        const T value = place.exists ? x.data()[place.offset] : T{};
#pragma unroll
        for (int v = 0; v < width; ++v) mine[e][v] += value * gradient.values[v];
      }
#pragma unroll
      for (int v = 0; v < width; ++v) mine[patch][v] += gradient.values[v];
    }
  }
#pragma unroll
  for (int e = 0; e <= patch; ++e) {
#pragma unroll
    for (int v = 0; v < width; ++v) {
#pragma unroll
      for (int distance = lanes; distance < 32; distance *= 2) mine[e][v] += __shfl_xor_sync(0xFFFFFFFFU, mine[e][v], distance);
      if (thread % 32 < lanes) warp_sums[thread / 32][e][lane * width + v] = mine[e][v];
    }
  }
  __syncthreads();
  for (int i = thread; i < (patch + 1) * outputs; i += detail::few_channels_threads) {
    const int e = i / outputs, channel = first_out + i % outputs;
    T sum = warp_sums[0][e][i % outputs];
    for (int w = 1; w < warps; ++w) sum += warp_sums[w][e][i % outputs];
    if (channel >= out_channels) continue;
    const std::int64_t part = blockIdx.x * part_stride;
    if (e < patch && first_patch + e < patch_size) sums[part + wide_offset(first_patch + e, out_channels, channel)] = sum;
    if (e == patch && bias_sums != nullptr && blockIdx.z == 0) bias_sums[part + channel] = sum;
  }
}

/// Elements of few_channels_backward_weight's workspace.
constexpr index_t few_channels_backward_weight_workspace(const Conv2dGeometry& g, index_t rows) {
  const index_t parts = detail::plan_few_channels(g, rows).most_parts;
  return parts > 1 ? parts * (g.weight_size() + g.out_channels) : 0;
}

template <class T>
void few_channels_backward_weight(cudaStream_t stream, const Conv2dGeometry& g, index_t rows,
                                  const T* x,      // (rows, in_height, in_width, in_channels)
                                  const T* dy,     // (rows, out_height, out_width, out_channels)
                                  T* dweight,      // (kernel_height, kernel_width, in_channels, out_channels)
                                  T* dbias,        // (out_channels) or null
                                  T* workspace) {  // (few_channels_backward_weight_workspace)
  const detail::FewChannelsPlan plan = detail::plan_few_channels(g, rows);
  const bool once = plan.parts == 1;
  const index_t tail = dbias != nullptr ? g.out_channels : 0, part_size = g.weight_size() + tail;
  const taut::cuda::Grid blocks{static_cast<unsigned>(plan.parts), static_cast<unsigned>(plan.channel_tiles),
                                static_cast<unsigned>(plan.patch_tiles)};
  const auto run = [&](auto* kernel) {
    taut::cuda::launch(stream, blocks, detail::few_channels_threads, kernel, PatchOperand<T, false>(g, x), dy,
                       static_cast<int>(rows * g.out_pixels()), static_cast<int>(plan.part_pixels),
                       static_cast<int>(g.taps() * g.in_channels), static_cast<int>(g.out_channels), once ? dweight : workspace,
                       once || dbias == nullptr ? dbias : workspace + g.weight_size(), static_cast<std::int64_t>(part_size));
  };
  constexpr int widest_here = sizeof(T) == sizeof(float) ? 4 : 1;
  if (g.out_channels % widest_here == 0 && aligned(dy)) {
    run(few_channels_backward_weight_kernel<T, widest_here>);
  } else {
    run(few_channels_backward_weight_kernel<T, 1>);
  }
  if (once) return;
  sum_parts<T>(stream, plan.parts, part_size, workspace, nullptr, g.out_channels, Activation::identity, dweight, tail, dbias);
}

}  // namespace taut::kernels::cuda
