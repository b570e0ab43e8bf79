/// batch_norm: the statistics of a batch, one pass over x, and the vectors that normalise by them. Lanes are channels.
#pragma once

#include <algorithm>
#include <cmath>

#include "taut/core/geometry.hpp"
#include "taut/device/device.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// Pixels of one block of statistics: sums in T stay short, and there are enough blocks for many threads.
inline constexpr index_t statistics_pixels = 256;

/// Vectors of channels that are added up side by side: one chain of fused multiply-adds alone would wait for its latency.
/// Register budget of 16: 4 × (about, sum, square sum) and a distance.
inline constexpr index_t statistics_vectors = 4;

/// Mean and sum of squared distances from it over `pixels`. Sums are taken about the first pixel, so that a mean far from zero
/// costs no digits.
template <index_t channels, class T>
void block_statistics(index_t pixels,
                      const T* x,    // (pixels, channels)
                      T* mean,       // (channels)
                      T* squares) {  // (channels)
  const Vector<T> share = broadcast(T{1} / static_cast<T>(pixels)), zero = broadcast(T{0});
  for_each_group<channels, statistics_vectors, T>([&](index_t channel, auto group, auto lanes) {
    constexpr index_t vectors = group;
    Vector<T> about[vectors], sum[vectors], square_sum[vectors];
#pragma GCC unroll 4
    for (index_t v = 0; v < vectors; ++v) {
      about[v] = load_lanes<lanes>(x + channel + v * width<T>);
      sum[v] = square_sum[v] = zero;
    }
    for (index_t pixel = 1; pixel < pixels; ++pixel) {
#pragma GCC unroll 4
      for (index_t v = 0; v < vectors; ++v) {
        const Vector<T> distance = load_lanes<lanes>(x + pixel * channels + channel + v * width<T>) - about[v];
        sum[v] = sum[v] + distance;
        square_sum[v] = fma(distance, distance, square_sum[v]);
      }
    }
#pragma GCC unroll 4
    for (index_t v = 0; v < vectors; ++v) {
      const Vector<T> offset = sum[v] * share;
      store_lanes<lanes>(mean + channel + v * width<T>, about[v] + offset);
      store_lanes<lanes>(squares + channel + v * width<T>, max(zero, square_sum[v] - sum[v] * offset));
    }
  });
}

}  // namespace detail

template <NormPoolGeometry g>
constexpr index_t batch_norm_statistics_workspace(index_t rows) {
  const index_t blocks = (rows * g.in_pixels() + detail::statistics_pixels - 1) / detail::statistics_pixels;
  return g.normalize ? 2 * blocks * g.channels : 0;
}

/// Fills mean, inv_std, scale and shift from x and moves the running statistics. Requires rows > 0.
/// Blocks of pixels in T, joined in double by Chan, Golub and LeVeque's formula in the order of the blocks.
template <NormPoolGeometry g, class T, class Threads>
void batch_norm_statistics(Threads& threads, index_t rows,
                           const T* x,  // (rows, in_height, in_width, channels)
                           BatchNormOptions options, BatchNormVectors<T> norm, T* workspace) {
  constexpr index_t channels = g.channels, block = detail::statistics_pixels;
  const index_t pixels = rows * g.in_pixels(), blocks = (pixels + block - 1) / block;
  T* const means = workspace;
  T* const squares = workspace + blocks * channels;
  const auto task = [&](index_t begin, index_t end, index_t i) {
    detail::block_statistics<channels>(end - begin, x + begin * channels, means + i * channels, squares + i * channels);
  };
  serial_or_parallel_blocks(threads, pixels * channels, pixels, block, task);

  const double count = static_cast<double>(pixels), unbiased = pixels > 1 ? count / (count - 1) : 1;
  // Blocks outside, channels inside: the additions of one channel wait for each other, those of several don't.
  double mean_of[channels] = {}, squares_of[channels] = {};
  for (index_t i = 0; i < blocks; ++i) {
    const double block_pixels = static_cast<double>(std::min(block, pixels - i * block));
    for (index_t c = 0; c < channels; ++c) mean_of[c] += block_pixels * static_cast<double>(means[i * channels + c]);
  }
  for (double& mean : mean_of) mean /= count;
  for (index_t i = 0; i < blocks; ++i) {
    const double block_pixels = static_cast<double>(std::min(block, pixels - i * block));
    for (index_t c = 0; c < channels; ++c) {
      const double distance = static_cast<double>(means[i * channels + c]) - mean_of[c];
      squares_of[c] += static_cast<double>(squares[i * channels + c]) + block_pixels * distance * distance;
    }
  }
  for (index_t c = 0; c < channels; ++c) {
    const double mean = mean_of[c], variance = squares_of[c] / count;
    const auto move = [&](T& running, double now) {
      running = static_cast<T>((1 - options.momentum) * static_cast<double>(running) + options.momentum * now);
    };
    move(norm.running_mean[c], mean);
    move(norm.running_variance[c], variance * unbiased);
    norm.mean[c] = static_cast<T>(mean);
    norm.inv_std[c] = static_cast<T>(1 / std::sqrt(variance + options.eps));
    norm.scale[c] = norm.gamma[c] * norm.inv_std[c];
    norm.shift[c] = norm.beta[c] - norm.mean[c] * norm.scale[c];
  }
}

/// Scale and shift from the running statistics: inference.
template <NormPoolGeometry g, class T>
void batch_norm_running(BatchNormOptions options, BatchNormVectors<T> norm) {
  for (index_t c = 0; c < g.channels; ++c) {
    norm.scale[c] = norm.gamma[c] * static_cast<T>(1 / std::sqrt(static_cast<double>(norm.running_variance[c]) + options.eps));
    norm.shift[c] = norm.beta[c] - norm.running_mean[c] * norm.scale[c];
  }
}

}  // namespace taut::kernels::cpu
