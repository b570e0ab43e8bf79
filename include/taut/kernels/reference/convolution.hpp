/// Convolution by its definition: the oracle for every faster one.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/kernels/reference/accumulator.hpp"
#include "taut/kernels/reference/activation.hpp"

namespace taut::kernels::reference {

/// Calls visit(row, out_pixel, in_pixel, tap) for every tap that falls inside the image.
template <class Visit>
void for_each_tap(const Conv2dGeometry& g, index_t rows, Visit&& visit) {
  for (index_t row = 0; row < rows; ++row) {
    for (index_t oh = 0; oh < g.out_height(); ++oh) {
      for (index_t ow = 0; ow < g.out_width(); ++ow) {
        for (index_t kh = 0; kh < g.vertical.kernel; ++kh) {
          for (index_t kw = 0; kw < g.horizontal.kernel; ++kw) {
            const index_t h = oh * g.vertical.stride + kh * g.vertical.dilation;    // in the padded image
            const index_t w = ow * g.horizontal.stride + kw * g.horizontal.dilation;
            if (h < g.vertical.padding || h - g.vertical.padding >= g.in_height) continue;
            if (w < g.horizontal.padding || w - g.horizontal.padding >= g.in_width) continue;
            visit(row, (row * g.out_height() + oh) * g.out_width() + ow,
                  (row * g.in_height + h - g.vertical.padding) * g.in_width + w - g.horizontal.padding, kh * g.horizontal.kernel + kw);
          }
        }
      }
    }
  }
}

/// Calls visit(in_channel, out_channel, weight_index_within_tap) for every pair of channels of the same group.
template <class Visit>
void for_each_channel_pair(const Conv2dGeometry& g, Visit&& visit) {
  for (index_t in = 0; in < g.group_in_channels(); ++in) {
    for (index_t out = 0; out < g.out_channels; ++out) {
      visit(out / g.group_out_channels() * g.group_in_channels() + in, out, in * g.out_channels + out);
    }
  }
}

template <class T>
void convolution_forward(const Conv2dGeometry& g, index_t rows,
                         const T* x,       // (rows, in_height, in_width, in_channels)
                         const T* weight,  // (kernel_height, kernel_width, in_channels / groups, out_channels)
                         const T* bias,    // (out_channels) or null
                         Activation activation,
                         T* y) {  // (rows, out_height, out_width, out_channels)
  const index_t pixels = rows * g.out_pixels(), tap_size = g.group_in_channels() * g.out_channels;
  for (index_t i = 0; i < pixels * g.out_channels; ++i) y[i] = bias != nullptr ? bias[i % g.out_channels] : T{};
  for_each_tap(g, rows, [&](index_t, index_t out_pixel, index_t in_pixel, index_t tap) {
    for_each_channel_pair(g, [&](index_t in, index_t out, index_t w) {
      y[out_pixel * g.out_channels + out] += x[in_pixel * g.in_channels + in] * weight[tap * tap_size + w];
    });
  });
  for (index_t i = 0; i < pixels * g.out_channels; ++i) y[i] = activate(activation, y[i]);
}

template <class T>
void convolution_backward_input(const Conv2dGeometry& g, index_t rows,
                                const T* dy,      // (rows, out_height, out_width, out_channels)
                                const T* weight,  // (kernel_height, kernel_width, in_channels / groups, out_channels)
                                T* dx) {          // (rows, in_height, in_width, in_channels)
  const index_t tap_size = g.group_in_channels() * g.out_channels;
  for (index_t i = 0; i < rows * g.in_size(); ++i) dx[i] = T{};
  for_each_tap(g, rows, [&](index_t, index_t out_pixel, index_t in_pixel, index_t tap) {
    for_each_channel_pair(g, [&](index_t in, index_t out, index_t w) {
      dx[in_pixel * g.in_channels + in] += dy[out_pixel * g.out_channels + out] * weight[tap * tap_size + w];
    });
  });
}

template <class T>
void convolution_backward_weight(const Conv2dGeometry& g, index_t rows,
                                 const T* x,   // (rows, in_height, in_width, in_channels)
                                 const T* dy,  // (rows, out_height, out_width, out_channels)
                                 T* dweight,   // (kernel_height, kernel_width, in_channels / groups, out_channels)
                                 T* dbias) {   // (out_channels) or null
  const index_t tap_size = g.group_in_channels() * g.out_channels;
  for (index_t i = 0; i < g.weight_size(); ++i) dweight[i] = T{};
  for_each_tap(g, rows, [&](index_t, index_t out_pixel, index_t in_pixel, index_t tap) {
    for_each_channel_pair(g, [&](index_t in, index_t out, index_t w) {
      dweight[tap * tap_size + w] += x[in_pixel * g.in_channels + in] * dy[out_pixel * g.out_channels + out];
    });
  });
  if (dbias == nullptr) return;
  for (index_t out = 0; out < g.out_channels; ++out) {
    Accumulator<T> sum{};
    for (index_t pixel = 0; pixel < rows * g.out_pixels(); ++pixel) sum += dy[pixel * g.out_channels + out];
    dbias[out] = static_cast<T>(sum);
  }
}

}  // namespace taut::kernels::reference
