/// Average-pooling by its definition.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/kernels/reference/accumulator.hpp"

namespace taut::kernels::reference {

/// Calls visit(in_pixel) for the part of the window of output (oh, ow) that lies inside the image.
template <class Visit>
void for_each_averaged(const AveragePoolGeometry& g, index_t oh, index_t ow, Visit&& visit) {
  for (index_t kh = 0; kh < g.vertical.kernel; ++kh) {
    for (index_t kw = 0; kw < g.horizontal.kernel; ++kw) {
      const index_t h = oh * g.vertical.stride + kh, w = ow * g.horizontal.stride + kw;  // in the padded image
      if (h < g.vertical.padding || h - g.vertical.padding >= g.in_height) continue;
      if (w < g.horizontal.padding || w - g.horizontal.padding >= g.in_width) continue;
      visit((h - g.vertical.padding) * g.in_width + w - g.horizontal.padding);
    }
  }
}

/// What the sum of that window is divided by.
template <class T>
Accumulator<T> window_divisor(const AveragePoolGeometry& g, index_t oh, index_t ow) {
  index_t elements = g.vertical.kernel * g.horizontal.kernel;
  if (!g.counts_padding) {
    elements = 0;
    for_each_averaged(g, oh, ow, [&](index_t) { ++elements; });
  }
  return static_cast<Accumulator<T>>(elements);
}

template <class T>
void average_pool_forward(const AveragePoolGeometry& g, index_t rows,
                          const T* x,  // (rows, in_height, in_width, channels)
                          T* y) {      // (rows, out_height, out_width, channels)
  for (index_t row = 0; row < rows; ++row) {
    for (index_t oh = 0; oh < g.out_height(); ++oh) {
      for (index_t ow = 0; ow < g.out_width(); ++ow) {
        for (index_t c = 0; c < g.channels; ++c) {
          Accumulator<T> sum{};
          for_each_averaged(g, oh, ow, [&](index_t pixel) { sum += x[row * g.in_size() + pixel * g.channels + c]; });
          y[row * g.out_size() + (oh * g.out_width() + ow) * g.channels + c] = static_cast<T>(sum / window_divisor<T>(g, oh, ow));
        }
      }
    }
  }
}

template <class T>
void average_pool_backward(const AveragePoolGeometry& g, index_t rows,
                           const T* dy,  // (rows, out_height, out_width, channels)
                           T* dx) {      // (rows, in_height, in_width, channels)
  for (index_t i = 0; i < rows * g.in_size(); ++i) dx[i] = T{};
  for (index_t row = 0; row < rows; ++row) {
    for (index_t oh = 0; oh < g.out_height(); ++oh) {
      for (index_t ow = 0; ow < g.out_width(); ++ow) {
        for (index_t c = 0; c < g.channels; ++c) {
          const index_t out = row * g.out_size() + (oh * g.out_width() + ow) * g.channels + c;
          const T share = static_cast<T>(dy[out] / window_divisor<T>(g, oh, ow));
          for_each_averaged(g, oh, ow, [&](index_t pixel) { dx[row * g.in_size() + pixel * g.channels + c] += share; });
        }
      }
    }
  }
}

}  // namespace taut::kernels::reference
