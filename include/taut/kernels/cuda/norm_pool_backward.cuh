/// norm_pool_backward: the gradient through pool, activation and batch norm: one pass for dgamma and dbeta, one that writes dx.
///
/// With d the gradient of the normalised, activated, pooled output at its chosen element and 0 elsewhere, n pixels, and
/// x̂ = (x − mean)·inv_std: dbeta = Σ d, dgamma = Σ d·x̂, dx = gamma·inv_std·(d − dbeta/n − x̂·dgamma/n).
/// Where dgamma and dbeta are null, the statistics are constants: one pass, dx = scale·d.
/// Both passes gather: an element looks which of the windows over it chose it. Nothing is added to memory by two threads.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "taut/device/device.hpp"
#include "taut/kernels/cuda/activation.cuh"
#include "taut/kernels/cuda/channel_sums.cuh"
#include "taut/kernels/cuda/fast_division.cuh"
#include "taut/kernels/cuda/norm_pool_forward.cuh"
#include "taut/kernels/cuda/sweep.cuh"

namespace taut::kernels::cuda {

/// Reads the gradient d of elements of the normalised image.
template <class T>
struct PoolGradient {
  NormPool<T> pool;
  FastDivision in_width, in_height, vertical_stride, horizontal_stride;
  bool pools;
  const T* x;
  const T* dy;
  const std::uint8_t* argmax;

  PoolGradient(const NormPoolGeometry& g, const T* scale, const T* shift, const T* image, const T* gradient, const std::uint8_t* chosen)
      : pool(g, scale, shift), in_width(g.in_width), in_height(g.in_height), vertical_stride(g.vertical.stride),
        horizontal_stride(g.horizontal.stride), pools(g.pools()), x(image), dy(gradient), argmax(chosen) {}

  /// Σ of dy over the windows that chose this element.
  __device__ T of_windows(int pixel, int channel) const {
    const int line = in_width.quotient(pixel), w = in_width.remainder(pixel, line), row = in_height.quotient(line);
    const int down = in_height.remainder(line, row) + pool.vertical.padding, right = w + pool.horizontal.padding;
    const int last_line = vertical_stride.quotient(down), last_column = horizontal_stride.quotient(right);
    T sum{};
    for (int oh = last_line < pool.vertical.out ? last_line : pool.vertical.out - 1; oh >= 0; --oh) {
      const int kh = down - oh * pool.vertical.stride;
      if (kh >= pool.vertical.kernel) break;
      for (int ow = last_column < pool.horizontal.out ? last_column : pool.horizontal.out - 1; ow >= 0; --ow) {
        const int kw = right - ow * pool.horizontal.stride;
        if (kw >= pool.horizontal.kernel) break;
        const std::int64_t window = (static_cast<std::int64_t>(row) * pool.vertical.out + oh) * pool.horizontal.out + ow;
        const std::int64_t out = window * pool.channels + channel;
        if (argmax[out] == kh * pool.horizontal.kernel + kw) sum += dy[out];
      }
    }
    return sum;
  }

  /// d of an element whose value in x is given.
  __device__ T operator()(std::int64_t pixel, int channel, T value) const {
    const bool passes = pool.kind == Activation::Kind::identity || (pools && pool.kind == Activation::Kind::relu);
    const T gradient = pools ? of_windows(static_cast<int>(pixel), channel) : dy[pixel * pool.channels + channel];
    return passes ? gradient : gradient * activation_slope(pool.kind, pool.negative_slope, pool.normalized(channel, value));
  }
};

/// d and d·(x − mean).
template <class T>
struct GradientProducts {
  PoolGradient<T> gradient;
  const T* mean;
  __device__ Pair<T> operator()(std::int64_t pixel, int channel) const {
    const T value = gradient.x[pixel * gradient.pool.channels + channel], d = gradient(pixel, channel, value);
    return {d, d * (value - mean[channel])};
  }
};

/// dgamma and dbeta, and with them dx = scale·d + slope·(x − mean) + offset.
template <class T>
struct NormGradients {
  double pixels;
  BatchNormVectors<T> norm;
  T* dgamma;
  T* dbeta;
  T* slope;
  T* offset;
  __device__ void operator()(int c, double sum, double products) const {
    const double inv_std = static_cast<double>(norm.inv_std[c]), scale = static_cast<double>(norm.gamma[c]) * inv_std;
    dbeta[c] = static_cast<T>(sum);
    dgamma[c] = static_cast<T>(products * inv_std);
    slope[c] = static_cast<T>(-scale * inv_std * inv_std * products / pixels);
    offset[c] = static_cast<T>(-scale * sum / pixels);
  }
};

template <class T>
struct NormPoolInputGradient {
  PoolGradient<T> gradient;
  FastDivision channels;
  const T* scale;   // (channels) or null
  const T* mean;    // (channels) or null, as the two below
  const T* slope;
  const T* offset;
  T* dx;
  __device__ void operator()(std::int64_t i) const {
    const int element = static_cast<int>(i), pixel = channels.quotient(element), c = channels.remainder(element, pixel);
    const T value = gradient.x[i];
    T d = gradient(pixel, c, value);
    if (scale != nullptr) d *= scale[c];
    if (mean != nullptr) d += slope[c] * (value - mean[c]) + offset[c];
    dx[i] = d;
  }
};

constexpr index_t norm_pool_workspace(const NormPoolGeometry& g, index_t rows) {
  return g.normalize ? channel_sums_workspace(rows * g.in_pixels(), g.channels) + 2 * g.channels : 0;
}

template <class T>
void norm_pool_backward(cudaStream_t stream, const NormPoolGeometry& g, index_t rows,
                        const T* x,                  // (rows, in_height, in_width, channels)
                        const T* dy,                 // (rows, out_height, out_width, channels)
                        const std::uint8_t* argmax,  // as dy; null where the geometry doesn't pool
                        BatchNormVectors<T> norm,    // (channels) each, or null
                        T* dx,                       // as x
                        T* dgamma,                   // (channels) or null
                        T* dbeta,                    // (channels) or null
                        T* workspace) {              // (norm_pool_workspace)
  const index_t pixels = rows * g.in_pixels();
  in_32_bits(rows * g.in_size(), "elements of a pool");
  const PoolGradient<T> gradient(g, norm.scale, norm.shift, x, dy, argmax);
  T* const slope = workspace;
  T* const offset = workspace + g.channels;
  const bool learns = g.normalize && dgamma != nullptr;
  if (learns) {
    channel_sums(stream, pixels, g.channels, GradientProducts<T>{gradient, norm.mean},
                 NormGradients<T>{static_cast<double>(pixels), norm, dgamma, dbeta, slope, offset}, workspace + 2 * g.channels);
  }
  sweep(stream, pixels * g.channels,
        NormPoolInputGradient<T>{gradient, FastDivision(g.channels), g.normalize ? norm.scale : nullptr, learns ? norm.mean : nullptr,
                                 slope, offset, dx});
}

}  // namespace taut::kernels::cuda
