/// Normalise → activate → max-pool by its definition, each of the three optional.
#pragma once

#include <cmath>
#include <cstdint>

#include "taut/core/geometry.hpp"
#include "taut/kernels/reference/accumulator.hpp"
#include "taut/kernels/reference/activation.hpp"

namespace taut::kernels::reference {

/// No element of the window gets a gradient.
inline constexpr std::uint8_t no_element = 255;

/// Mean and biased variance of each channel over `pixels`, in two passes.
template <class T>
void channel_statistics(index_t pixels, index_t channels,
                        const T* x,      // (pixels, channels)
                        T* mean,         // (channels)
                        T* variance) {   // (channels)
  for (index_t c = 0; c < channels; ++c) {
    Accumulator<T> sum{};
    for (index_t p = 0; p < pixels; ++p) sum += x[p * channels + c];
    const Accumulator<T> average = sum / static_cast<Accumulator<T>>(pixels);
    Accumulator<T> squares{};
    for (index_t p = 0; p < pixels; ++p) {
      const Accumulator<T> difference = x[p * channels + c] - average;
      squares += difference * difference;
    }
    mean[c] = static_cast<T>(average);
    variance[c] = static_cast<T>(squares / static_cast<Accumulator<T>>(pixels));
  }
}

/// The element of x before the activation.
template <class T>
constexpr T normalized(const NormPoolGeometry& g, const T* scale, const T* shift, index_t channel, T x) {
  return g.normalize ? scale[channel] * x + shift[channel] : x;
}

/// Calls visit(element_in_window, in_pixel) for the part of a window that lies inside the image, row by row.
template <class Visit>
void for_each_element(const NormPoolGeometry& g, index_t row, index_t oh, index_t ow, Visit&& visit) {
  for (index_t kh = 0; kh < g.vertical.kernel; ++kh) {
    for (index_t kw = 0; kw < g.horizontal.kernel; ++kw) {
      const index_t h = oh * g.vertical.stride + kh, w = ow * g.horizontal.stride + kw;  // in the padded image
      if (h < g.vertical.padding || h - g.vertical.padding >= g.in_height) continue;
      if (w < g.horizontal.padding || w - g.horizontal.padding >= g.in_width) continue;
      visit(kh * g.horizontal.kernel + kw, (row * g.in_height + h - g.vertical.padding) * g.in_width + w - g.horizontal.padding);
    }
  }
}

template <class T>
void norm_pool_forward(const NormPoolGeometry& g, index_t rows,
                       const T* x,            // (rows, in_height, in_width, channels)
                       const T* scale,        // (channels) or null
                       const T* shift,        // (channels) or null
                       T* y,                  // (rows, out_height, out_width, channels)
                       std::uint8_t* argmax) {  // as y, or null
  for (index_t row = 0; row < rows; ++row) {
    for (index_t oh = 0; oh < g.out_height(); ++oh) {
      for (index_t ow = 0; ow < g.out_width(); ++ow) {
        for (index_t c = 0; c < g.channels; ++c) {
          bool any = false;
          T best{};
          index_t chosen = 0;
          for_each_element(g, row, oh, ow, [&](index_t element, index_t pixel) {
            T value = normalized(g, scale, shift, c, x[pixel * g.channels + c]);
            if (g.activation.gated()) value = activate(g.activation, value);
            if (any && !(value > best) && value == value) return;  // a NaN wins, as in PyTorch
            any = true;
            best = value;
            chosen = element;
          });
          const index_t out = ((row * g.out_height() + oh) * g.out_width() + ow) * g.channels + c;
          y[out] = g.activation.gated() ? best : activate(g.activation, best);
          if (argmax == nullptr) continue;
          argmax[out] = g.activation == Activation::relu && !(best > T{}) ? no_element : static_cast<std::uint8_t>(chosen);
        }
      }
    }
  }
}

/// The gradient before the normalisation: dy spread to the chosen elements and through the activation.
template <class T>
void activation_pool_backward(const NormPoolGeometry& g, index_t rows,
                              const T* x,                   // (rows, in_height, in_width, channels)
                              const T* scale,               // (channels) or null
                              const T* shift,               // (channels) or null
                              const T* dy,                  // (rows, out_height, out_width, channels)
                              const std::uint8_t* argmax,   // as dy; null where the geometry doesn't pool
                              T* dx) {                      // as x
  if (!g.pools()) {
    for (index_t i = 0; i < rows * g.in_size(); ++i) {
      dx[i] = dy[i] * activation_slope(g.activation, normalized(g, scale, shift, i % g.channels, x[i]));
    }
    return;
  }
  for (index_t i = 0; i < rows * g.in_size(); ++i) dx[i] = T{};
  for (index_t row = 0; row < rows; ++row) {
    for (index_t oh = 0; oh < g.out_height(); ++oh) {
      for (index_t ow = 0; ow < g.out_width(); ++ow) {
        for (index_t c = 0; c < g.channels; ++c) {
          const index_t out = ((row * g.out_height() + oh) * g.out_width() + ow) * g.channels + c;
          for_each_element(g, row, oh, ow, [&](index_t element, index_t pixel) {
            if (element != argmax[out]) return;
            const index_t i = pixel * g.channels + c;
            // What ReLU stops has no chosen element.
            const bool passes = g.activation == Activation::identity || g.activation == Activation::relu;
            dx[i] += passes ? dy[out] : dy[out] * activation_slope(g.activation, normalized(g, scale, shift, c, x[i]));
          });
        }
      }
    }
  }
}

/// Through a batch norm whose scale is a constant: `dx` holds the gradient of its output and receives that of its input.
template <class T>
void scale_channels(index_t pixels, index_t channels,
                    const T* scale,  // (channels)
                    T* dx) {         // (pixels, channels)
  for (index_t i = 0; i < pixels * channels; ++i) dx[i] *= scale[i % channels];
}

/// Through a batch norm whose statistics are the batch's own: `dx` holds the gradient of its output and receives that of its input.
template <class T>
void batch_norm_backward(index_t pixels, index_t channels,
                         const T* x,        // (pixels, channels)
                         const T* gamma,    // (channels)
                         const T* mean,     // (channels)
                         const T* inv_std,  // (channels)
                         T* dx,             // (pixels, channels)
                         T* dgamma,         // (channels)
                         T* dbeta) {        // (channels)
  for (index_t c = 0; c < channels; ++c) {
    Accumulator<T> sum{}, product_sum{};
    for (index_t p = 0; p < pixels; ++p) {
      const Accumulator<T> dy = dx[p * channels + c];
      sum += dy;
      product_sum += dy * (x[p * channels + c] - mean[c]) * inv_std[c];
    }
    dbeta[c] = static_cast<T>(sum);
    dgamma[c] = static_cast<T>(product_sum);
    const Accumulator<T> n = static_cast<Accumulator<T>>(pixels);
    for (index_t p = 0; p < pixels; ++p) {
      const Accumulator<T> normal = (x[p * channels + c] - mean[c]) * inv_std[c];
      dx[p * channels + c] = static_cast<T>(gamma[c] * inv_std[c] * (dx[p * channels + c] - sum / n - normal * product_sum / n));
    }
  }
}

}  // namespace taut::kernels::reference
