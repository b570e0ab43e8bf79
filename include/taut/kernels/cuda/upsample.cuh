/// Upsampling and its adjoint. Both ways gather: a thread has one element of what is written.
#pragma once

#include <cuda_runtime.h>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cuda/fast_division.cuh"
#include "taut/kernels/cuda/sweep.cuh"

namespace taut::kernels::cuda {

/// One axis, as UpsampleGeometry has it.
template <class T>
struct UpsampleAxis {
  int in, factor;
  bool bilinear;

  struct Source {
    int lower, upper;
    T part;  // of upper
  };
  /// Where an output comes from.
  __device__ Source source(int output) const {
    if (!bilinear) return {output / factor, output / factor, T{}};
    const int twice = 2 * output + 1, place = twice > factor ? twice - factor : 0, lower = place / (2 * factor);
    return {lower, lower + 1 < in ? lower + 1 : lower, static_cast<T>(place % (2 * factor)) / static_cast<T>(2 * factor)};
  }
  /// The outputs that may come from an element: from `first` up to `behind`.
  __device__ int first(int element) const { return (bilinear && element > 0 ? element - 1 : element) * factor; }
  __device__ int behind(int element) const {
    const int end = (element + (bilinear ? 2 : 1)) * factor, all = in * factor;
    return end < all ? end : all;
  }
  /// What an output has of an element.
  __device__ T weight(int output, int element) const {
    const Source found = source(output);
    return (found.lower == element ? T{1} - found.part : T{}) + (found.upper == element ? found.part : T{});
  }
};

template <class T>
struct Upsample {
  UpsampleAxis<T> vertical, horizontal;
  FastDivision channels, width, height;  // of what is written
  int channel_count;
  const T* from;
  T* to;

  Upsample(const UpsampleGeometry& g, bool forward, const T* read, T* written)
      : vertical{static_cast<int>(g.in_height), static_cast<int>(g.vertical), g.bilinear},
        horizontal{static_cast<int>(g.in_width), static_cast<int>(g.horizontal), g.bilinear}, channels(g.channels),
        width(forward ? g.out_width() : g.in_width), height(forward ? g.out_height() : g.in_height),
        channel_count(static_cast<int>(g.channels)), from(read), to(written) {}
};

template <class T>
struct UpsampleForward : Upsample<T> {
  UpsampleForward(const UpsampleGeometry& g, const T* x, T* y) : Upsample<T>(g, true, x, y) {}
  __device__ void operator()(std::int64_t i) const {
    const int element = static_cast<int>(i), pixel = this->channels.quotient(element), lines = this->width.quotient(pixel);
    const int row = this->height.quotient(lines), channel = this->channels.remainder(element, pixel);
    const auto v = this->vertical.source(this->height.remainder(lines, row));
    const auto h = this->horizontal.source(this->width.remainder(pixel, lines));
    const auto at = [&](int line, int column) {
      const std::int64_t in = (static_cast<std::int64_t>(row) * this->vertical.in + line) * this->horizontal.in + column;
      return this->from[in * this->channel_count + channel];
    };
    // A weight of 0 reads nothing: what isn't finite there belongs to others.
    const auto line = [&](int l) { return h.part == T{} ? at(l, h.lower) : (T{1} - h.part) * at(l, h.lower) + h.part * at(l, h.upper); };
    this->to[i] = v.part == T{} ? line(v.lower) : (T{1} - v.part) * line(v.lower) + v.part * line(v.upper);
  }
};

template <class T>
struct UpsampleBackward : Upsample<T> {
  UpsampleBackward(const UpsampleGeometry& g, const T* dy, T* dx) : Upsample<T>(g, false, dy, dx) {}
  __device__ void operator()(std::int64_t i) const {
    const int element = static_cast<int>(i), pixel = this->channels.quotient(element), lines = this->width.quotient(pixel);
    const int row = this->height.quotient(lines), channel = this->channels.remainder(element, pixel);
    const int line = this->height.remainder(lines, row), column = this->width.remainder(pixel, lines);
    const int out_height = this->vertical.in * this->vertical.factor, out_width = this->horizontal.in * this->horizontal.factor;
    T sum{};
    for (int oh = this->vertical.first(line); oh < this->vertical.behind(line); ++oh) {
      const T down = this->vertical.weight(oh, line);
      if (down == T{}) continue;
      for (int ow = this->horizontal.first(column); ow < this->horizontal.behind(column); ++ow) {
        const T weight = down * this->horizontal.weight(ow, column);
        if (weight == T{}) continue;
        const std::int64_t out = (static_cast<std::int64_t>(row) * out_height + oh) * out_width + ow;
        sum += weight * this->from[out * this->channel_count + channel];
      }
    }
    this->to[i] = sum;
  }
};

template <class T>
void upsample_forward(cudaStream_t stream, const UpsampleGeometry& g, index_t rows,
                      const T* x,  // (rows, in_height, in_width, channels)
                      T* y) {      // (rows, out_height, out_width, channels)
  in_32_bits(rows * g.out_size(), "elements of an upsampled batch");
  sweep(stream, rows * g.out_size(), UpsampleForward<T>(g, x, y));
}

template <class T>
void upsample_backward(cudaStream_t stream, const UpsampleGeometry& g, index_t rows,
                       const T* dy,  // (rows, out_height, out_width, channels)
                       T* dx) {      // (rows, in_height, in_width, channels)
  in_32_bits(rows * g.out_size(), "elements of an upsampled batch");
  sweep(stream, rows * g.in_size(), UpsampleBackward<T>(g, dy, dx));
}

}  // namespace taut::kernels::cuda
