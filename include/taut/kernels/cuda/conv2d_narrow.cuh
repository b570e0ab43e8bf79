/// Convolutions in groups of few channels, depthwise ones above all: sums by their definition, because a product's tiles would be empty.
/// Neighbouring threads have neighbouring channels, and the caches serve what taps share.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cuda/fast_division.cuh"
#include "taut/kernels/cuda/sum_parts.cuh"

namespace taut::kernels::cuda {

namespace detail {

/// Few enough pairs of channels a group that a tile of a product would be mostly idle; not measured.
constexpr bool narrow(const Conv2dGeometry& g) { return g.groups > 1 && g.group_in_channels() * g.group_out_channels() <= 16; }

/// A geometry as kernels use it.
struct NarrowExtents {
  explicit NarrowExtents(const Conv2dGeometry& g)
      : in_height(static_cast<int>(g.in_height)),
        in_width(static_cast<int>(g.in_width)),
        in_channels(static_cast<int>(g.in_channels)),
        out_height(static_cast<int>(g.out_height())),
        out_width(static_cast<int>(g.out_width())),
        out_channels(static_cast<int>(g.out_channels)),
        group_in(static_cast<int>(g.group_in_channels())),
        group_out(static_cast<int>(g.group_out_channels())),
        kernel_h(static_cast<int>(g.vertical.kernel)),
        kernel_w(static_cast<int>(g.horizontal.kernel)),
        stride_h(static_cast<int>(g.vertical.stride)),
        stride_w(static_cast<int>(g.horizontal.stride)),
        padding_h(static_cast<int>(g.vertical.padding)),
        padding_w(static_cast<int>(g.horizontal.padding)),
        dilation_h(static_cast<int>(g.vertical.dilation)),
        dilation_w(static_cast<int>(g.horizontal.dilation)),
        by_stride_h(g.vertical.stride),
        by_stride_w(g.horizontal.stride),
        by_in_width(g.in_width),
        by_in_height(g.in_height),
        by_out_width(g.out_width()),
        by_out_height(g.out_height()),
        by_group_in(g.group_in_channels()),
        by_group_out(g.group_out_channels()) {}

  int in_height, in_width, in_channels, out_height, out_width, out_channels, group_in, group_out;
  int kernel_h, kernel_w, stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w;
  FastDivision by_stride_h, by_stride_w, by_in_width, by_in_height, by_out_width, by_out_height, by_group_in, by_group_out;
};

/// A block has threads for so many channels and pixels.
inline constexpr int narrow_lanes = 32, narrow_pixels = 8, narrow_threads = narrow_lanes * narrow_pixels;

}  // namespace detail

/// A thread an output: 2·taps·group_in flops, as many loads of x and the weight, most of them from a cache.
template <class T>
__global__ void __launch_bounds__(detail::narrow_threads)
    narrow_forward_kernel(detail::NarrowExtents g, int pixels, const T* x, const T* weight, const T* bias, Activation::Kind kind,
                          T negative_slope, T* y) {
  const int thread = static_cast<int>(threadIdx.x);
  const int out = static_cast<int>(blockIdx.y) * detail::narrow_lanes + thread % detail::narrow_lanes;
  const int pixel = static_cast<int>(blockIdx.x) * detail::narrow_pixels + thread / detail::narrow_lanes;
  if (pixel >= pixels || out >= g.out_channels) return;
  const int line = g.by_out_width.quotient(pixel), ow = g.by_out_width.remainder(pixel, line);
  const int row = g.by_out_height.quotient(line), oh = g.by_out_height.remainder(line, row);
  const int first_in = g.by_group_out.quotient(out) * g.group_in;
  T sum = bias != nullptr ? bias[out] : T{};
  for (int kh = 0; kh < g.kernel_h; ++kh) {
    const int h = oh * g.stride_h - g.padding_h + kh * g.dilation_h;
    if (h < 0 || h >= g.in_height) continue;
    for (int kw = 0; kw < g.kernel_w; ++kw) {
      const int w = ow * g.stride_w - g.padding_w + kw * g.dilation_w;
      if (w < 0 || w >= g.in_width) continue;
      const T* const from = x + (static_cast<std::int64_t>((row * g.in_height + h) * g.in_width + w) * g.in_channels + first_in);
      const T* const factors = weight + ((kh * g.kernel_w + kw) * g.group_in * g.out_channels + out);
      for (int in = 0; in < g.group_in; ++in) sum += from[in] * factors[in * g.out_channels];
    }
  }
  y[static_cast<std::int64_t>(pixel) * g.out_channels + out] = activate(kind, negative_slope, sum);
}

template <class T>
void narrow_forward(cudaStream_t stream, const Conv2dGeometry& g, index_t rows,
                    const T* x,       // (rows, in_height, in_width, in_channels)
                    const T* weight,  // (kernel_height, kernel_width, in_channels / groups, out_channels)
                    const T* bias,    // (out_channels) or null
                    Activation activation,
                    T* y) {  // (rows, out_height, out_width, out_channels)
  const index_t pixels = rows * g.out_pixels();
  const taut::cuda::Grid blocks{static_cast<unsigned>(divide_up(pixels, detail::narrow_pixels)),
                                static_cast<unsigned>(divide_up(g.out_channels, detail::narrow_lanes))};
  taut::cuda::launch(stream, blocks, detail::narrow_threads, narrow_forward_kernel<T>, detail::NarrowExtents(g), static_cast<int>(pixels),
                     x, weight, bias, activation.kind, static_cast<T>(activation.negative_slope), y);
}

/// A thread an input: at most 2·taps·group_out flops.
template <class T>
__global__ void __launch_bounds__(detail::narrow_threads)
    narrow_backward_input_kernel(detail::NarrowExtents g, int pixels, const T* dy, const T* weight, T* dx) {
  const int thread = static_cast<int>(threadIdx.x);
  const int in = static_cast<int>(blockIdx.y) * detail::narrow_lanes + thread % detail::narrow_lanes;
  const int pixel = static_cast<int>(blockIdx.x) * detail::narrow_pixels + thread / detail::narrow_lanes;
  if (pixel >= pixels || in >= g.in_channels) return;
  const int line = g.by_in_width.quotient(pixel), w = g.by_in_width.remainder(pixel, line);
  const int row = g.by_in_height.quotient(line), h = g.by_in_height.remainder(line, row);
  const int group = g.by_group_in.quotient(in), first_out = group * g.group_out;
  T sum{};
  for (int kh = 0; kh < g.kernel_h; ++kh) {
    const int top = h + g.padding_h - kh * g.dilation_h;
    if (top < 0) break;
    const int oh = g.by_stride_h.quotient(top);
    if (g.by_stride_h.remainder(top, oh) != 0 || oh >= g.out_height) continue;
    for (int kw = 0; kw < g.kernel_w; ++kw) {
      const int left = w + g.padding_w - kw * g.dilation_w;
      if (left < 0) break;
      const int ow = g.by_stride_w.quotient(left);
      if (g.by_stride_w.remainder(left, ow) != 0 || ow >= g.out_width) continue;
      const T* const from = dy + (static_cast<std::int64_t>((row * g.out_height + oh) * g.out_width + ow) * g.out_channels + first_out);
      const int tap = (kh * g.kernel_w + kw) * g.group_in + g.by_group_in.remainder(in, group);
      const T* const factors = weight + (tap * g.out_channels + first_out);
      for (int out = 0; out < g.group_out; ++out) sum += from[out] * factors[out];
    }
  }
  dx[static_cast<std::int64_t>(pixel) * g.in_channels + in] = sum;
}

template <class T>
void narrow_backward_input(cudaStream_t stream, const Conv2dGeometry& g, index_t rows,
                           const T* dy,      // (rows, out_height, out_width, out_channels)
                           const T* weight,  // (kernel_height, kernel_width, in_channels / groups, out_channels)
                           T* dx) {          // (rows, in_height, in_width, in_channels)
  const index_t pixels = rows * g.in_pixels();
  const taut::cuda::Grid blocks{static_cast<unsigned>(divide_up(pixels, detail::narrow_pixels)),
                                static_cast<unsigned>(divide_up(g.in_channels, detail::narrow_lanes))};
  taut::cuda::launch(stream, blocks, detail::narrow_threads, narrow_backward_input_kernel<T>, detail::NarrowExtents(g),
                     static_cast<int>(pixels), dy, weight, dx);
}

}  // namespace taut::kernels::cuda
