/// norm_pool_forward: y = max-pool(activation(scale·x + shift)) in one pass over x. Lanes are channels.
#pragma once

#include <algorithm>
#include <cstdint>

#include "taut/core/geometry.hpp"
#include "taut/device/device.hpp"
#include "taut/kernels/cpu/activation.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// No element of the window gets a gradient.
inline constexpr std::uint8_t no_element = 255;

/// What a window holds: its first largest element, as PyTorch scans it, and which one that is.
template <class T>
struct Largest {
  Vector<T> value, element;
};

/// The largest of one vector of channels in the window that begins at `line` and `column` of the padded image.
/// With `nans` a NaN beats every number, the last one the others; without, `sum` is to say whether there was one.
template <NormPoolGeometry g, bool nans, index_t lanes, class T>
[[gnu::always_inline]] inline Largest<T> largest_of_window(const T* image /* from the channel on */, index_t line, index_t column,
                                                           Vector<T> scale, Vector<T> shift, Vector<T>& sum) {
  Largest<T> best{broadcast(T{0}), broadcast(T{0})};
  bool any = false;
  for (index_t kh = 0; kh < g.vertical.kernel; ++kh) {
    for (index_t kw = 0; kw < g.horizontal.kernel; ++kw) {
      const index_t h = line + kh, w = column + kw;
      if constexpr (g.vertical.padding != 0) {
        if (h < g.vertical.padding || h - g.vertical.padding >= g.in_height) continue;
      }
      if constexpr (g.horizontal.padding != 0) {
        if (w < g.horizontal.padding || w - g.horizontal.padding >= g.in_width) continue;
      }
      const index_t pixel = (h - g.vertical.padding) * g.in_width + w - g.horizontal.padding;
      Vector<T> value = load_lanes<lanes>(image + pixel * g.channels);
      if constexpr (g.normalize) value = fma(scale, value, shift);
      if constexpr (g.activation.gated()) value = activate<g.activation.kind, T>(value, T{0});
      const Vector<T> element = broadcast(static_cast<T>(kh * g.horizontal.kernel + kw));
      if (!any) {
        best = {value, element};
        sum = value;
        any = true;
      } else if constexpr (nans) {
        // Said with == because xsimd 8.1's != is false for a NaN on AVX.
        const auto is_number = value == value, larger = value > best.value;
        best.value = select(is_number, select(larger, value, best.value), value);
        best.element = select(is_number, select(larger, element, best.element), element);
      } else {
        best.element = select(value > best.value, element, best.element);
        best.value = max(value, best.value);
        sum = sum + value;
      }
    }
  }
  return best;
}

/// One output pixel.
template <NormPoolGeometry g, class T>
void pool_pixel(const T* image, index_t line, index_t column, const T* scale, const T* shift, T* y, std::uint8_t* argmax) {
  for_each_vector<g.channels, T>([&](index_t channel, auto lanes) __attribute__((always_inline)) {
    const Vector<T> zero = broadcast(T{0});
    Vector<T> factor = zero, offset = zero, sum = zero;
    if constexpr (g.normalize) {
      factor = load_lanes<lanes>(scale + channel);
      offset = load_lanes<lanes>(shift + channel);
    }
    Largest<T> best = largest_of_window<g, false, lanes>(image + channel, line, column, factor, offset, sum);
    // One sum is cheaper than a test of each element. It is also a NaN where infinities cancel; looking again does no harm.
    if (!all(sum == sum)) best = largest_of_window<g, true, lanes>(image + channel, line, column, factor, offset, sum);
    if constexpr (g.activation == Activation::relu) {
      best.element = select(best.value > zero, best.element, broadcast(static_cast<T>(no_element)));
      best.value = max(zero, best.value);
    } else if constexpr (!g.activation.gated()) {
      best.value = activate<g.activation.kind, T>(best.value, static_cast<T>(g.activation.negative_slope));
    }
    store_lanes<lanes>(y + channel, best.value);
    if (g.pools() && argmax != nullptr) store_bytes<lanes, T>(argmax + channel, best.element);
  });
}

/// Elements of x that one task of a pooling sweep reads: 64 KiB of floats.
inline constexpr index_t pool_task_elements = 16 * 1024;

/// Output lines that one such task owns.
template <NormPoolGeometry g>
constexpr index_t pool_task_lines() {
  return std::max<index_t>(1, pool_task_elements / (g.in_width * g.channels * g.vertical.stride));
}

}  // namespace detail

template <NormPoolGeometry g, class T, class Threads>
void norm_pool_forward(Threads& threads, index_t rows,
                       const T* x,  // (rows, in_height, in_width, channels)
                       const T* scale,          // (channels), null where nothing is normalised
                       const T* shift,          // as scale
                       T* y,                    // (rows, out_height, out_width, channels)
                       std::uint8_t* argmax) {  // as y, or null
  const auto task = [&](index_t begin, index_t end, index_t) {
    for (index_t line = begin; line < end; ++line) {
      const T* image = x + line / g.out_height() * g.in_size();
      for (index_t column = 0; column < g.out_width(); ++column) {
        const index_t out = (line * g.out_width() + column) * g.channels;
        detail::pool_pixel<g>(image, line % g.out_height() * g.vertical.stride, column * g.horizontal.stride, scale, shift,
                              y + out, argmax == nullptr ? nullptr : argmax + out);
      }
    }
  };
  serial_or_parallel_blocks(threads, rows * g.in_size(), rows * g.out_height(), detail::pool_task_lines<g>(), task);
}

}  // namespace taut::kernels::cpu
