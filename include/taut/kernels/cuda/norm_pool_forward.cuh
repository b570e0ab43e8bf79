/// norm_pool_forward: normalise → activate → max-pool in one pass. x is read once where windows don't overlap, y and argmax are written.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "taut/core/geometry.hpp"
#include "taut/device/cuda/launch.cuh"
#include "taut/kernels/cuda/activate.cuh"
#include "taut/kernels/cuda/blocks.cuh"
#include "taut/kernels/cuda/fast_division.cuh"
#include "taut/kernels/cuda/vector.cuh"

namespace taut::kernels::cuda {

/// No element of the window gets a gradient.
inline constexpr std::uint8_t no_element = 255;

inline constexpr int pool_threads = 256;

/// One axis of a pool, in kernels' numbers.
struct PoolAxis {
  int in, out, kernel, stride, padding;

  PoolAxis(const Window& window, index_t extent)
      : in(static_cast<int>(extent)), out(static_cast<int>(window.outputs(extent))), kernel(static_cast<int>(window.kernel)),
        stride(static_cast<int>(window.stride)), padding(static_cast<int>(window.padding)) {}
};

template <class T>
struct NormPool {
  PoolAxis vertical, horizontal;
  int channels;
  Activation::Kind kind;
  T negative_slope;
  const T* scale;  // (channels) or null
  const T* shift;  // (channels) or null

  NormPool(const NormPoolGeometry& g, const T* channel_scale, const T* channel_shift)
      : vertical(g.vertical, g.in_height), horizontal(g.horizontal, g.in_width), channels(in_32_bits(g.channels, "channels")),
        kind(g.activation.kind), negative_slope(static_cast<T>(g.activation.negative_slope)), scale(g.normalize ? channel_scale : nullptr),
        shift(g.normalize ? channel_shift : nullptr) {}

  __device__ __forceinline__ T normalized(int channel, T x) const { return scale != nullptr ? scale[channel] * x + shift[channel] : x; }
  /// Silu and its like, which aren't monotone.
  __device__ __forceinline__ bool gated() const { return kind >= Activation::Kind::silu; }
};

/// A thread has `width` neighbouring channels of one output. `window` is the extent of the windows where it is known while compiling, or 0.
template <class T, int width, int window>
__global__ void __launch_bounds__(pool_threads)
    norm_pool_forward_kernel(int count, FastDivision groups, FastDivision out_width, FastDivision out_height, NormPool<T> pool,
                             const T* x, T* y, std::uint8_t* argmax) {
  const std::int64_t thread = static_cast<std::int64_t>(blockIdx.x) * pool_threads + threadIdx.x;
  if (thread >= count) return;
  const int i = static_cast<int>(thread), pixel = groups.quotient(i), channel = groups.remainder(i, pixel) * width;
  const int line = out_width.quotient(pixel), ow = out_width.remainder(pixel, line), row = out_height.quotient(line);
  const int oh = out_height.remainder(line, row);
  const int height = window != 0 ? window : pool.vertical.kernel, length = window != 0 ? window : pool.horizontal.kernel;
  const int top = oh * pool.vertical.stride - pool.vertical.padding, left = ow * pool.horizontal.stride - pool.horizontal.padding;
  const bool gated = pool.gated();
  T best[width];
  int chosen[width];
  bool any = false;
#pragma unroll
  for (int k = 0; k < width; ++k) {
    best[k] = T{};
    chosen[k] = 0;
  }
#pragma unroll
  for (int kh = 0; kh < height; ++kh) {
    const int h = top + kh;
    if (h < 0 || h >= pool.vertical.in) continue;
#pragma unroll
    for (int kw = 0; kw < length; ++kw) {
      const int w = left + kw;
      if (w < 0 || w >= pool.horizontal.in) continue;
      const std::int64_t at = (static_cast<std::int64_t>(row) * pool.vertical.in + h) * pool.horizontal.in + w;
      const Vector<T, width> values = load_vector<width>(x + at * pool.channels + channel);
#pragma unroll
      for (int k = 0; k < width; ++k) {
        T value = pool.normalized(channel + k, values.values[k]);
        if (gated) value = activate(pool.kind, pool.negative_slope, value);
        if (any && !(value > best[k]) && value == value) continue;  // a NaN wins, as in PyTorch
        best[k] = value;
        chosen[k] = kh * length + kw;
      }
      any = true;
    }
  }
  Vector<T, width> outputs;
  Vector<std::uint8_t, width> elements;
#pragma unroll
  for (int k = 0; k < width; ++k) {
    outputs.values[k] = gated ? best[k] : activate(pool.kind, pool.negative_slope, best[k]);
    const bool stopped = pool.kind == Activation::Kind::relu && !(best[k] > T{});
    elements.values[k] = stopped ? no_element : static_cast<std::uint8_t>(chosen[k]);
  }
  const std::int64_t out = static_cast<std::int64_t>(pixel) * pool.channels + channel;
  store_vector(y + out, outputs);
  if (argmax != nullptr) store_vector(argmax + out, elements);
}

template <class T, int width>
void norm_pool_forward_by(cudaStream_t stream, const NormPoolGeometry& g, index_t rows, const T* x, const NormPool<T>& pool, T* y,
                          std::uint8_t* argmax) {
  const int count = in_32_bits(rows * g.out_size() / width, "elements of a pool");
  const bool square = g.vertical.kernel == g.horizontal.kernel;
  auto* const kernel = !g.pools()                                 ? &norm_pool_forward_kernel<T, width, 1>
                       : square && g.vertical.kernel == index_t{2} ? &norm_pool_forward_kernel<T, width, 2>
                                                                   : &norm_pool_forward_kernel<T, width, 0>;
  taut::cuda::launch(stream, {static_cast<unsigned>(divide_up(static_cast<index_t>(count), pool_threads))}, pool_threads, kernel, count,
                     FastDivision(g.channels / width), FastDivision(g.out_width()), FastDivision(g.out_height()), pool, x, y, argmax);
}

template <class T>
void norm_pool_forward(cudaStream_t stream, const NormPoolGeometry& g, index_t rows,
                       const T* x,              // (rows, in_height, in_width, channels)
                       const T* scale,          // (channels) or null
                       const T* shift,          // (channels) or null
                       T* y,                    // (rows, out_height, out_width, channels)
                       std::uint8_t* argmax) {  // as y, or null
  const NormPool<T> pool(g, scale, shift);
  constexpr int wide = widest<T>;
  const bool vectors = g.channels % wide == 0 && aligned(x) && aligned(y) && reinterpret_cast<std::uintptr_t>(argmax) % wide == 0;
  if (vectors) return norm_pool_forward_by<T, wide>(stream, g, rows, x, pool, y, argmax);
  norm_pool_forward_by<T, 1>(stream, g, rows, x, pool, y, argmax);
}

}  // namespace taut::kernels::cuda
