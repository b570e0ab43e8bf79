/// Average-pooling. Both ways gather: a thread has one element of what is written.
#pragma once

#include <cuda_runtime.h>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cuda/fast_division.cuh"
#include "taut/kernels/cuda/norm_pool_forward.cuh"
#include "taut/kernels/cuda/sweep.cuh"

namespace taut::kernels::cuda {

template <class T>
struct AveragePool {
  PoolAxis vertical, horizontal;
  FastDivision channels, width, height;  // of what is written
  int channel_count;
  bool counts_padding;
  const T* from;
  T* to;

  AveragePool(const AveragePoolGeometry& g, bool forward, const T* read, T* written)
      : vertical(g.vertical, g.in_height), horizontal(g.horizontal, g.in_width), channels(g.channels),
        width(forward ? g.out_width() : g.in_width), height(forward ? g.out_height() : g.in_height),
        channel_count(in_32_bits(g.channels, "channels")), counts_padding(g.counts_padding), from(read), to(written) {}

  struct Place {
    int row, line, column, channel;
  };
  __device__ Place place(std::int64_t i) const {
    const int element = static_cast<int>(i), pixel = channels.quotient(element), all_lines = width.quotient(pixel);
    const int row = height.quotient(all_lines);
    return {row, height.remainder(all_lines, row), width.remainder(pixel, all_lines), channels.remainder(element, pixel)};
  }
  /// The part of a window that lies in the image.
  __device__ static int begin(const PoolAxis& axis, int output) {
    const int first = output * axis.stride - axis.padding;
    return first < 0 ? 0 : first;
  }
  __device__ static int end(const PoolAxis& axis, int output) {
    const int last = output * axis.stride - axis.padding + axis.kernel;
    return last > axis.in ? axis.in : last;
  }
  __device__ T divisor(int oh, int ow) const {
    if (counts_padding) return static_cast<T>(vertical.kernel * horizontal.kernel);
    return static_cast<T>((end(vertical, oh) - begin(vertical, oh)) * (end(horizontal, ow) - begin(horizontal, ow)));
  }
};

template <class T>
struct AveragePoolForward : AveragePool<T> {
  AveragePoolForward(const AveragePoolGeometry& g, const T* x, T* y) : AveragePool<T>(g, true, x, y) {}
  __device__ void operator()(std::int64_t i) const {
    const auto at = this->place(i);
    T sum{};
    for (int h = this->begin(this->vertical, at.line); h < this->end(this->vertical, at.line); ++h) {
      for (int w = this->begin(this->horizontal, at.column); w < this->end(this->horizontal, at.column); ++w) {
        const std::int64_t pixel = (static_cast<std::int64_t>(at.row) * this->vertical.in + h) * this->horizontal.in + w;
        sum += this->from[pixel * this->channel_count + at.channel];
      }
    }
    this->to[i] = sum / this->divisor(at.line, at.column);
  }
};

template <class T>
struct AveragePoolBackward : AveragePool<T> {
  AveragePoolBackward(const AveragePoolGeometry& g, const T* dy, T* dx) : AveragePool<T>(g, false, dy, dx) {}
  /// The first window over an element of an axis, and the one behind the last.
  __device__ static int first(const PoolAxis& axis, int element) {
    const int place = element + axis.padding;
    return place < axis.kernel ? 0 : (place - axis.kernel) / axis.stride + 1;
  }
  __device__ static int behind(const PoolAxis& axis, int element) {
    const int end = (element + axis.padding) / axis.stride + 1;
    return end < axis.out ? end : axis.out;
  }
  __device__ void operator()(std::int64_t i) const {
    const auto at = this->place(i);
    T sum{};
    for (int oh = first(this->vertical, at.line); oh < behind(this->vertical, at.line); ++oh) {
      for (int ow = first(this->horizontal, at.column); ow < behind(this->horizontal, at.column); ++ow) {
        const std::int64_t pixel = (static_cast<std::int64_t>(at.row) * this->vertical.out + oh) * this->horizontal.out + ow;
        sum += this->from[pixel * this->channel_count + at.channel] / this->divisor(oh, ow);
      }
    }
    this->to[i] = sum;
  }
};

template <class T>
void average_pool_forward(cudaStream_t stream, const AveragePoolGeometry& g, index_t rows,
                          const T* x,  // (rows, in_height, in_width, channels)
                          T* y) {      // (rows, out_height, out_width, channels)
  in_32_bits(rows * g.in_size(), "elements of a pool");
  sweep(stream, rows * g.out_size(), AveragePoolForward<T>(g, x, y));
}

template <class T>
void average_pool_backward(cudaStream_t stream, const AveragePoolGeometry& g, index_t rows,
                           const T* dy,  // (rows, out_height, out_width, channels)
                           T* dx) {      // (rows, in_height, in_width, channels)
  in_32_bits(rows * g.in_size(), "elements of a pool");
  sweep(stream, rows * g.in_size(), AveragePoolBackward<T>(g, dy, dx));
}

}  // namespace taut::kernels::cuda
