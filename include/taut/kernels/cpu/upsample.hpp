/// upsample: an image of more pixels, and its gradient gathered pixel by pixel. Lanes are channels.
#pragma once

#include <algorithm>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/image_lines.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// The upper element's share.
template <class T>
constexpr T upper_share(const UpsampleSource& source) {
  return static_cast<T>(source.part) / static_cast<T>(source.parts);
}

/// How much of an element along an axis an output is made of.
template <class T>
constexpr T share_of(const UpsampleSource& source, index_t element) {
  const T upper = upper_share<T>(source);
  return (source.lower == element ? T{1} - upper : T{0}) + (source.upper == element ? upper : T{0});
}

/// y of one output pixel between four of x.
template <UpsampleGeometry g, class T>
void between_four(const UpsampleSource& vertical, const UpsampleSource& horizontal,
                  const T* x,  // (in_height, in_width, channels)
                  T* y) {      // (channels)
  const auto pixel = [&](index_t line, index_t column) { return x + (line * g.in_width + column) * g.channels; };
  const T* const top_left = pixel(vertical.lower, horizontal.lower);
  const T* const top_right = pixel(vertical.lower, horizontal.upper);
  const T* const bottom_left = pixel(vertical.upper, horizontal.lower);
  const T* const bottom_right = pixel(vertical.upper, horizontal.upper);
  const Vector<T> down = broadcast(upper_share<T>(vertical)), right = broadcast(upper_share<T>(horizontal)), one = broadcast(T{1});
  const Vector<T> up = one - down, left = one - right;
  for_each_vector<g.channels, T>([&](index_t channel, auto lanes) __attribute__((always_inline)) {
    const Vector<T> top = fma(right, load_lanes<lanes>(top_right + channel), left * load_lanes<lanes>(top_left + channel));
    const Vector<T> bottom = fma(right, load_lanes<lanes>(bottom_right + channel), left * load_lanes<lanes>(bottom_left + channel));
    store_lanes<lanes>(y + channel, fma(down, bottom, up * top));
  });
}

/// dx of one input pixel: its share of dy of each output pixel that was made of it.
template <UpsampleGeometry g, class T>
void upsampled_gradient(index_t line, index_t column,
                        const T* dy,  // (out_height, out_width, channels)
                        T* dx) {      // (channels)
  const IndexRange lines = g.lines_of(line), columns = g.columns_of(column);
  for_each_vector<g.channels, T>([&](index_t channel, auto lanes) {
    Vector<T> sum = broadcast(T{0});
    for (index_t h = lines.begin; h < lines.end; ++h) {
      const T vertical = share_of<T>(g.line_source(h), line);
      if (vertical == 0) continue;
      for (index_t w = columns.begin; w < columns.end; ++w) {
        const T share = vertical * share_of<T>(g.column_source(w), column);
        sum = fma(broadcast(share), load_lanes<lanes>(dy + (h * g.out_width() + w) * g.channels + channel), sum);
      }
    }
    store_lanes<lanes>(dx + channel, sum);
  });
}

}  // namespace detail

template <UpsampleGeometry g, class T, class Threads>
void upsample_forward(Threads& threads, index_t rows,
                      const T* x,  // (rows, in_height, in_width, channels)
                      T* y) {      // (rows, out_height, out_width, channels)
  constexpr index_t line_size = g.out_width() * g.channels;
  for_each_line(threads, rows, g.out_height(), line_size, [&](index_t row, index_t line) {
    const T* const image = x + row * g.in_size();
    T* const out = y + row * g.out_size() + line * line_size;
    const UpsampleSource vertical = g.line_source(line);
    for (index_t column = 0; column < g.out_width(); ++column) {
      const UpsampleSource horizontal = g.column_source(column);
      if constexpr (g.bilinear) {
        detail::between_four<g>(vertical, horizontal, image, out + column * g.channels);
      } else {
        std::copy_n(image + (vertical.lower * g.in_width + horizontal.lower) * g.channels, g.channels, out + column * g.channels);
      }
    }
  });
}

/// dx, every pixel of it written once.
template <UpsampleGeometry g, class T, class Threads>
void upsample_backward(Threads& threads, index_t rows,
                       const T* dy,  // (rows, out_height, out_width, channels)
                       T* dx) {      // (rows, in_height, in_width, channels)
  constexpr index_t line_size = g.in_width * g.channels;
  for_each_line(threads, rows, g.in_height, line_size * g.vertical * g.horizontal, [&](index_t row, index_t line) {
    for (index_t column = 0; column < g.in_width; ++column) {
      detail::upsampled_gradient<g>(line, column, dy + row * g.out_size(), dx + row * g.in_size() + line * line_size + column * g.channels);
    }
  });
}

}  // namespace taut::kernels::cpu
