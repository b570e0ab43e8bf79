/// reshape: the numbers of a row from one image's place to another's; one transposition where either of them has one channel.
#pragma once

#include <algorithm>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/image_lines.hpp"
#include "taut/kernels/cpu/transpose.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// Lines [first, first + side) of y (columns, lines) from columns of x (lines, columns): squares in registers, what remains one by one.
template <index_t lines, index_t columns, class T>
void transpose_lines(index_t first, const T* x, T* y) {
  constexpr index_t side = transpose_side<T>;
  const index_t last = std::min(first + side, columns);
  index_t line = 0;
  if (last - first == side) {
    for (; line + side <= lines; line += side) transpose<side>(x + line * columns + first, columns, y + first * lines + line, lines);
  }
  for (; line < lines; ++line) {
    for (index_t column = first; column < last; ++column) y[column * lines + line] = x[line * columns + column];
  }
}

}  // namespace detail

template <ReshapeGeometry g, class T, class Threads>
void reshape(Threads& threads, index_t rows,
             const T* x,  // (rows, size / from_channels, from_channels)
             T* y) {      // (rows, size / to_channels, to_channels)
  constexpr index_t from_pixels = g.size / g.from_channels, to_pixels = g.size / g.to_channels;
  constexpr index_t side = transpose_side<T>;
  if constexpr (g.from_channels == g.to_channels) {
    for_each_line(threads, rows, 1, g.size, [&](index_t row, index_t) { std::copy_n(x + row * g.size, g.size, y + row * g.size); });
  } else if constexpr (g.to_channels == 1) {  // (pixels, channels) to (channels, pixels)
    for_each_line(threads, rows, (g.from_channels + side - 1) / side, side * from_pixels, [&](index_t row, index_t block) {
      detail::transpose_lines<from_pixels, g.from_channels>(block * side, x + row * g.size, y + row * g.size);
    });
  } else if constexpr (g.from_channels == 1) {  // (channels, pixels) to (pixels, channels)
    for_each_line(threads, rows, (to_pixels + side - 1) / side, side * g.to_channels, [&](index_t row, index_t block) {
      detail::transpose_lines<g.to_channels, to_pixels>(block * side, x + row * g.size, y + row * g.size);
    });
  } else {
    for_each_line(threads, rows, to_pixels, g.to_channels, [&](index_t row, index_t pixel) {
      for (index_t c = 0; c < g.to_channels; ++c) {
        const index_t i = c * to_pixels + pixel;  // in PyTorch's order
        y[row * g.size + pixel * g.to_channels + c] = x[row * g.size + i % from_pixels * g.from_channels + i / from_pixels];
      }
    });
  }
}

}  // namespace taut::kernels::cpu
