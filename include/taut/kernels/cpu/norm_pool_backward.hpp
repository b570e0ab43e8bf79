/// norm_pool_backward: the gradient through pool, activation and batch norm: one pass for dgamma and dbeta, one that writes dx.
///
/// With d the gradient of the normalised, activated, pooled output at its chosen element and 0 elsewhere, n pixels, and
/// x̂ = (x − mean)·inv_std: dbeta = Σ d, dgamma = Σ d·x̂, dx = gamma·inv_std·(d − dbeta/n − x̂·dgamma/n).
/// Both passes walk over cells: a cell is the stride × stride pixels that begin where a window does, so that where windows don't
/// overlap each pixel has one cell and one place in it. Overlapping or padded windows are spread into dx first instead.
#pragma once

#include <algorithm>
#include <cstdint>

#include "taut/core/geometry.hpp"
#include "taut/device/device.hpp"
#include "taut/kernels/cpu/norm_pool_forward.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// Whether each pixel belongs to one window at most, and the first window begins at the first pixel.
constexpr bool separate_windows(const NormPoolGeometry& g) {
  return g.vertical.kernel <= g.vertical.stride && g.horizontal.kernel <= g.horizontal.stride && g.vertical.padding == 0 &&
         g.horizontal.padding == 0;
}

/// Without a pool every pixel is its own window: what overlapping pools become once they are spread.
constexpr NormPoolGeometry without_pool(NormPoolGeometry g) {
  g.vertical = g.horizontal = Window{};
  return g;
}

/// Cells of separate windows: one a window, and more where pixels remain behind the last window.
template <NormPoolGeometry g>
struct Cells {
  static constexpr index_t lines = (g.in_height + g.vertical.stride - 1) / g.vertical.stride;
  static constexpr index_t columns = (g.in_width + g.horizontal.stride - 1) / g.horizontal.stride;
  static constexpr bool exact = lines * g.vertical.stride == g.in_height && columns * g.horizontal.stride == g.in_width &&
                                lines == g.out_height() && columns == g.out_width();
};

/// visit(pixel, gradient, x) for each pixel of a cell: the gradient before the normalisation, and x, for one vector of channels.
/// `spread`: dy is already the gradient of each pixel, activation included.
template <NormPoolGeometry g, bool spread, index_t lanes, class T, class Visit>
[[gnu::always_inline]] inline void for_each_pixel(index_t line, index_t column, index_t channel,
                                                  const T* x,                  // (in_height, in_width, channels)
                                                  const T* dy,                 // (out_height, out_width, channels)
                                                  const std::uint8_t* argmax,  // as dy
                                                  Vector<T> scale, Vector<T> shift, Visit&& visit) {
  const Vector<T> zero = broadcast(T{0});
  const bool window = Cells<g>::exact || (line < g.out_height() && column < g.out_width());
  Vector<T> gradient = zero, chosen = zero;
  if (window) {
    const index_t out = (line * g.out_width() + column) * g.channels + channel;
    gradient = load_lanes<lanes>(dy + out);
    if constexpr (g.pools()) chosen = load_bytes<lanes, T>(argmax + out);
  }
  for (index_t kh = 0; kh < g.vertical.stride; ++kh) {
    for (index_t kw = 0; kw < g.horizontal.stride; ++kw) {
      const index_t h = line * g.vertical.stride + kh, w = column * g.horizontal.stride + kw;
      if (!Cells<g>::exact && (h >= g.in_height || w >= g.in_width)) continue;
      const index_t pixel = (h * g.in_width + w) * g.channels + channel;
      Vector<T> value = zero, here = zero;
      if constexpr (g.normalize || (!g.pools() && !spread)) value = load_lanes<lanes>(x + pixel);
      if constexpr (g.pools()) {
        if (window && kh < g.vertical.kernel && kw < g.horizontal.kernel) {
          here = select(chosen == broadcast(static_cast<T>(kh * g.horizontal.kernel + kw)), gradient, zero);
        }
      } else if constexpr (spread || g.activation == Activation::identity) {
        here = gradient;
      } else {
        Vector<T> before = value;
        if constexpr (g.normalize) before = fma(scale, value, shift);
        here = select(before > zero, gradient, zero);
      }
      visit(pixel, here, value);
    }
  }
}

template <NormPoolGeometry g>
constexpr index_t gradient_blocks(index_t rows) {
  return (rows * Cells<g>::lines + pool_task_lines<g>() - 1) / pool_task_lines<g>();
}

/// dbeta and dgamma: blocks of cell lines in T, joined in double in the order of the blocks.
template <NormPoolGeometry g, bool spread, class T, class Threads>
void norm_pool_sums(Threads& threads, index_t rows, const T* x, const T* dy, const std::uint8_t* argmax, const BatchNormVectors<T>& norm,
                    T* dgamma, T* dbeta, T* workspace) {
  const auto task = [&](index_t begin, index_t end, index_t block) {
    for_each_vector<g.channels, T>([&](index_t channel, auto lanes) {
      const Vector<T> mean = load_lanes<lanes>(norm.mean + channel);
      const Vector<T> scale = load_lanes<lanes>(norm.scale + channel), shift = load_lanes<lanes>(norm.shift + channel);
      Vector<T> sum = broadcast(T{0}), product_sum = broadcast(T{0});
      for (index_t line = begin; line < end; ++line) {
        const index_t row = line / Cells<g>::lines;
        // Nothing is to be added where a cell has no window.
        if (line % Cells<g>::lines >= g.out_height()) continue;
        for (index_t column = 0; column < g.out_width(); ++column) {
          for_each_pixel<g, spread, lanes>(line % Cells<g>::lines, column, channel, x + row * g.in_size(), dy + row * g.out_size(),
                                           argmax == nullptr ? nullptr : argmax + row * g.out_size(), scale, shift,
                                           [&](index_t, Vector<T> gradient, Vector<T> value) {
                                             sum = sum + gradient;
                                             product_sum = fma(gradient, value - mean, product_sum);
                                           });
        }
      }
      store_lanes<lanes>(workspace + (2 * block) * g.channels + channel, sum);
      store_lanes<lanes>(workspace + (2 * block + 1) * g.channels + channel, product_sum);
    });
  };
  serial_or_parallel_blocks(threads, rows * g.in_size(), rows * Cells<g>::lines, pool_task_lines<g>(), task);
  for (index_t c = 0; c < g.channels; ++c) {
    double sum = 0, product_sum = 0;
    for (index_t block = 0; block < gradient_blocks<g>(rows); ++block) {
      sum += static_cast<double>(workspace[(2 * block) * g.channels + c]);
      product_sum += static_cast<double>(workspace[(2 * block + 1) * g.channels + c]);
    }
    dbeta[c] = static_cast<T>(sum);
    dgamma[c] = static_cast<T>(product_sum * static_cast<double>(norm.inv_std[c]));
  }
}

/// dx, every pixel of it written once.
template <NormPoolGeometry g, bool spread, class T, class Threads>
void norm_pool_dx(Threads& threads, index_t rows, const T* x, const T* dy, const std::uint8_t* argmax, const BatchNormVectors<T>& norm,
                  const T* dgamma, const T* dbeta, T* dx) {
  const T share = T{1} / static_cast<T>(rows * g.in_pixels());
  const auto task = [&](index_t begin, index_t end, index_t) {
    for (index_t line = begin; line < end; ++line) {
      const index_t row = line / Cells<g>::lines;
      T* const out = dx + row * g.in_size();
      for_each_vector<g.channels, T>([&](index_t channel, auto lanes) {
        Vector<T> scale = broadcast(T{0}), shift = scale, mean = scale, slope = scale, offset = scale;
        if constexpr (g.normalize) {
          scale = load_lanes<lanes>(norm.scale + channel);
          shift = load_lanes<lanes>(norm.shift + channel);
          mean = load_lanes<lanes>(norm.mean + channel);
          const Vector<T> inv_std = load_lanes<lanes>(norm.inv_std + channel);
          const Vector<T> factor = load_lanes<lanes>(norm.gamma + channel) * inv_std * broadcast(-share);
          offset = factor * load_lanes<lanes>(dbeta + channel);
          slope = factor * inv_std * load_lanes<lanes>(dgamma + channel);
        }
        // scale as batch norm's forward pass left it is gamma · inv_std.
        for (index_t column = 0; column < Cells<g>::columns; ++column) {
          for_each_pixel<g, spread, lanes>(line % Cells<g>::lines, column, channel, x + row * g.in_size(), dy + row * g.out_size(),
                                           argmax == nullptr ? nullptr : argmax + row * g.out_size(), scale, shift,
                                           [&](index_t pixel, Vector<T> gradient, Vector<T> value) {
                                             if constexpr (g.normalize) {
                                               gradient = fma(slope, value - mean, fma(scale, gradient, offset));
                                             }
                                             store_lanes<lanes>(out + pixel, gradient);
                                           });
        }
      });
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
  if constexpr (g.normalize) norm_pool_sums<g, spread>(threads, rows, x, dy, argmax, norm, dgamma, dbeta, workspace);
  norm_pool_dx<g, spread>(threads, rows, x, dy, argmax, norm, dgamma, dbeta, dx);
}

}  // namespace detail

template <NormPoolGeometry g>
constexpr index_t norm_pool_backward_workspace(index_t rows) {
  constexpr NormPoolGeometry cells = detail::separate_windows(g) ? g : detail::without_pool(g);
  return g.normalize ? 2 * detail::gradient_blocks<cells>(rows) * g.channels : 0;
}

/// Requires: mean, inv_std, scale and shift as batch_norm_statistics left them; argmax as norm_pool_forward left it.
template <NormPoolGeometry g, class T, class Threads>
void norm_pool_backward(Threads& threads, index_t rows,
                        const T* x,                  // (rows, in_height, in_width, channels)
                        const T* dy,                 // (rows, out_height, out_width, channels)
                        const std::uint8_t* argmax,  // as dy; null where the geometry doesn't pool
                        BatchNormVectors<T> norm,
                        T* dx,      // as x
                        T* dgamma,  // (channels), null where nothing is normalised
                        T* dbeta,   // (channels), null where nothing is normalised
                        T* workspace) {
  if constexpr (detail::separate_windows(g)) {
    detail::norm_pool_passes<g, false>(threads, rows, x, dy, argmax, norm, dx, dgamma, dbeta, workspace);
  } else {
    detail::spread_gradient<g>(threads, rows, dy, argmax, dx);
    if constexpr (g.normalize) {
      detail::norm_pool_passes<detail::without_pool(g), true, T>(threads, rows, x, dx, nullptr, norm, dx, dgamma, dbeta, workspace);
    }
  }
}

}  // namespace taut::kernels::cpu
