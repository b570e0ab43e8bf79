/// norm_pool_backward: the gradient through pool, activation and batch norm: one pass for dgamma and dbeta, one that writes dx.
///
/// With d the gradient of the normalised, activated, pooled output at its chosen element and 0 elsewhere, n pixels, and
/// x̂ = (x − mean)·inv_std: dbeta = Σ d, dgamma = Σ d·x̂, dx = gamma·inv_std·(d − dbeta/n − x̂·dgamma/n).
/// Where dgamma and dbeta are null, the statistics are constants: one pass, dx = scale·d.
/// Both passes walk over cells: a cell is the stride × stride pixels that begin where a window does, so that where windows don't
/// overlap each pixel has one cell and one place in it. Overlapping or padded windows are spread into dx first instead.
#pragma once

#include <algorithm>
#include <cstdint>

#include "taut/core/geometry.hpp"
#include "taut/device/device.hpp"
#include "taut/kernels/cpu/norm_pool_forward.hpp"
#include "taut/kernels/cpu/norm_pool_sums.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// dx of one cell, all of its channels: scale · d + slope · (x − mean) + offset. Channels inside, so that memory is walked in order.
template <NormPoolGeometry g, bool spread, class T>
[[gnu::always_inline]] inline void cell_dx(index_t line, index_t column,
                                           const T* x,                  // (in_height, in_width, channels)
                                           const T* dy,                 // (out_height, out_width, channels)
                                           const std::uint8_t* argmax,  // as dy
                                           const BatchNormVectors<T>& norm, const T* slope, const T* offset, T* dx) {
  const bool window = Cells<g>::exact || (line < g.out_height() && column < g.out_width());
  const index_t out = (line * g.out_width() + column) * g.channels;
  // What ReLU stops has no chosen element.
  constexpr bool slope_at_chosen = g.pools() && g.activation != Activation::identity && g.activation != Activation::relu;
  for_each_vector<g.channels, T>([&](index_t channel, auto lanes) __attribute__((always_inline)) {
    const Vector<T> zero = broadcast(T{0});
    Vector<T> gradient = zero, chosen = zero, scale = zero, shift = zero, mean = zero, factor = zero, rest = zero;
    if constexpr (g.normalize) {
      scale = load_lanes<lanes>(norm.scale + channel);  // gamma · inv_std, as batch norm's forward pass left it
      shift = load_lanes<lanes>(norm.shift + channel);
      mean = load_lanes<lanes>(norm.mean + channel);
      factor = load_lanes<lanes>(slope + channel);
      rest = load_lanes<lanes>(offset + channel);
    }
    if (window) {
      gradient = load_lanes<lanes>(dy + out + channel);
      if constexpr (g.pools()) chosen = load_bytes<lanes, T>(argmax + out + channel);
      if constexpr (slope_at_chosen) {
        Vector<T> before = zero;
        for (index_t element = 0; element < g.vertical.kernel * g.horizontal.kernel; ++element) {
          const index_t h = line * g.vertical.stride + element / g.horizontal.kernel;
          const index_t w = column * g.horizontal.stride + element % g.horizontal.kernel;
          const Vector<T> here = load_lanes<lanes>(x + (h * g.in_width + w) * g.channels + channel);
          before = select(chosen == broadcast(static_cast<T>(element)), here, before);
        }
        gradient = through_pixel<g, spread, T>(gradient, before, scale, shift);
      }
    }
    for (index_t kh = 0; kh < g.vertical.stride; ++kh) {
      for (index_t kw = 0; kw < g.horizontal.stride; ++kw) {
        const index_t h = line * g.vertical.stride + kh, w = column * g.horizontal.stride + kw;
        if (!Cells<g>::exact && (h >= g.in_height || w >= g.in_width)) continue;
        const index_t pixel = (h * g.in_width + w) * g.channels + channel;
        Vector<T> value = zero, here = zero;
        if constexpr (g.normalize || (!g.pools() && !spread)) value = load_lanes<lanes>(x + pixel);
        if constexpr (!g.pools()) {
          here = through_pixel<g, spread, T>(gradient, value, scale, shift);
        } else if (window && kh < g.vertical.kernel && kw < g.horizontal.kernel) {
          here = select(chosen == broadcast(static_cast<T>(kh * g.horizontal.kernel + kw)), gradient, zero);
        }
        if constexpr (g.normalize) here = fma(factor, value - mean, fma(scale, here, rest));
        store_lanes<lanes>(dx + pixel, here);
      }
    }
  });
}

/// dx, every pixel of it written once.
template <NormPoolGeometry g, bool spread, class T, class Threads>
void norm_pool_dx(Threads& threads, index_t rows, const T* x, const T* dy, const std::uint8_t* argmax, const BatchNormVectors<T>& norm,
                  const T* dgamma, const T* dbeta, T* dx) {
  T slope[g.channels] = {}, offset[g.channels] = {};
  if (g.normalize && dgamma != nullptr) {
    const T share = T{1} / static_cast<T>(rows * g.in_pixels());
    for (index_t c = 0; c < g.channels; ++c) {
      const T factor = norm.gamma[c] * norm.inv_std[c] * -share;
      offset[c] = factor * dbeta[c];
      slope[c] = factor * norm.inv_std[c] * dgamma[c];
    }
  }
  const auto task = [&](index_t begin, index_t end, index_t) {
    for (index_t line = begin; line < end; ++line) {
      const index_t row = line / Cells<g>::lines;
      for (index_t column = 0; column < Cells<g>::columns; ++column) {
        cell_dx<g, spread>(line % Cells<g>::lines, column, x + row * g.in_size(), dy + row * g.out_size(),
                           argmax == nullptr ? nullptr : argmax + row * g.out_size(), norm, slope, offset, dx + row * g.in_size());
      }
    }
  };
  serial_or_parallel_blocks(threads, rows * g.in_size(), rows * Cells<g>::lines, pool_task_lines<g>(), task);
}

/// dx = dy added up at the chosen elements: windows that overlap or begin in the padding.
template <NormPoolGeometry g, class T, class Threads>
void spread_gradient(Threads& threads, index_t rows, const T* dy, const std::uint8_t* argmax, T* dx) {
  const auto task = [&](index_t begin, index_t end, index_t) {
    for (index_t row = begin; row < end; ++row) {
      T* const image = dx + row * g.in_size();
      std::fill_n(image, g.in_size(), T{0});
      for (index_t pixel = 0; pixel < g.out_pixels(); ++pixel) {
        const index_t top = pixel / g.out_width() * g.vertical.stride, left = pixel % g.out_width() * g.horizontal.stride;
        const index_t out = (row * g.out_pixels() + pixel) * g.channels;
        for (index_t c = 0; c < g.channels; ++c) {
          const index_t element = argmax[out + c];
          if (element == no_element) continue;
          const index_t h = top + element / g.horizontal.kernel - g.vertical.padding;
          const index_t w = left + element % g.horizontal.kernel - g.horizontal.padding;
          image[(h * g.in_width + w) * g.channels + c] += dy[out + c];
        }
      }
    }
  };
  serial_or_parallel_blocks(threads, rows * g.in_size(), rows, 1, task);
}

template <NormPoolGeometry g, bool spread, class T, class Threads>
void norm_pool_passes(Threads& threads, index_t rows, const T* x, const T* dy, const std::uint8_t* argmax, const BatchNormVectors<T>& norm,
                      T* dx, T* dgamma, T* dbeta, T* workspace) {
  if (g.normalize && dgamma != nullptr) norm_pool_sums<g, spread>(threads, rows, x, dy, argmax, norm, dgamma, dbeta, workspace);
  norm_pool_dx<g, spread>(threads, rows, x, dy, argmax, norm, dgamma, dbeta, dx);
}

}  // namespace detail

template <NormPoolGeometry g>
constexpr index_t norm_pool_backward_workspace(index_t rows) {
  constexpr NormPoolGeometry cells = detail::separate_windows(g) ? g : detail::without_pool(g);
  return g.normalize ? 2 * detail::gradient_blocks<cells>(rows) * g.channels : 0;
}

/// Requires: mean, inv_std, scale and shift as batch_norm_statistics left them, or scale and shift as batch_norm_running did and a finite
/// mean; argmax as norm_pool_forward left it.
template <NormPoolGeometry g, class T, class Threads>
void norm_pool_backward(Threads& threads, index_t rows,
                        const T* x,                  // (rows, in_height, in_width, channels)
                        const T* dy,                 // (rows, out_height, out_width, channels)
                        const std::uint8_t* argmax,  // as dy; null where the geometry doesn't pool
                        BatchNormVectors<T> norm,
                        T* dx,      // as x
                        T* dgamma,  // (channels); null where nothing is normalised, or by constants
                        T* dbeta,   // as dgamma
                        T* workspace) {
  if constexpr (detail::separate_windows(g)) {
    detail::norm_pool_passes<g, false>(threads, rows, x, dy, argmax, norm, dx, dgamma, dbeta, workspace);
  } else {
    detail::spread_gradient<g>(threads, rows, dy, argmax, dx);
    // Of ReLU, which has stopped what it stops, nothing is left to do.
    constexpr bool activated = g.activation == Activation::identity || g.activation == Activation::relu;
    if constexpr (g.normalize || !activated) {
      detail::norm_pool_passes<detail::without_pool(g), activated, T>(threads, rows, x, dx, nullptr, norm, dx, dgamma, dbeta, workspace);
    }
  }
}

}  // namespace taut::kernels::cpu
