/// batch_norm: a batch's mean and variance from one reading of x, and what the normalisation multiplies with.
#pragma once

#include <cuda_runtime.h>

#include <cmath>

#include "taut/device/device.hpp"
#include "taut/kernels/cuda/channel_sums.cuh"
#include "taut/kernels/cuda/sweep.cuh"

namespace taut::kernels::cuda {

/// Differences from the channel's first pixel: a mean far from zero costs the variance no digits.
template <class T>
struct Differences {
  int channels;
  const T* x;  // (pixels, channels)
  __device__ Pair<T> operator()(std::int64_t pixel, int channel) const {
    const T difference = x[pixel * channels + channel] - x[channel];
    return {difference, difference * difference};
  }
};

template <class T>
struct Statistics {
  double pixels, eps, momentum;
  const T* x;
  BatchNormVectors<T> norm;
  __device__ void operator()(int c, double sum, double squares) const {
    const double offset = sum / pixels, mean = static_cast<double>(x[c]) + offset;
    double variance = (squares - sum * offset) / pixels;
    if (variance < 0) variance = 0;  // by rounding; a NaN stays one
    const double unbiased = pixels > 1 ? pixels / (pixels - 1) : 1;
    norm.running_mean[c] += static_cast<T>(momentum * (mean - static_cast<double>(norm.running_mean[c])));
    norm.running_variance[c] += static_cast<T>(momentum * (variance * unbiased - static_cast<double>(norm.running_variance[c])));
    norm.mean[c] = static_cast<T>(mean);
    norm.inv_std[c] = static_cast<T>(1 / sqrt(variance + eps));
    norm.scale[c] = norm.gamma[c] * norm.inv_std[c];
    norm.shift[c] = norm.beta[c] - norm.mean[c] * norm.scale[c];
  }
};

/// mean, inv_std, scale and shift of this batch; moves the running statistics. x is read once.
template <class T>
void batch_norm_statistics(cudaStream_t stream, index_t pixels, index_t channels,
                           const T* x,  // (pixels, channels)
                           BatchNormOptions options,
                           BatchNormVectors<T> norm,  // (channels) each
                           T* workspace) {            // (channel_sums_workspace)
  channel_sums(stream, pixels, channels, Differences<T>{static_cast<int>(channels), x},
               Statistics<T>{static_cast<double>(pixels), options.eps, options.momentum, x, norm}, workspace);
}

template <class T>
struct Running {
  double eps;
  BatchNormVectors<T> norm;
  __device__ void operator()(std::int64_t c) const {
    norm.scale[c] = norm.gamma[c] * static_cast<T>(1 / sqrt(static_cast<double>(norm.running_variance[c]) + eps));
    norm.shift[c] = norm.beta[c] - norm.running_mean[c] * norm.scale[c];
  }
};

/// scale and shift from the running statistics.
template <class T>
void batch_norm_running(cudaStream_t stream, index_t channels, BatchNormOptions options, BatchNormVectors<T> norm) {
  sweep(stream, channels, Running<T>{options.eps, norm});
}

}  // namespace taut::kernels::cuda
