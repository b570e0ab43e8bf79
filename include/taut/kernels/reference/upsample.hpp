/// Upsampling by its definition.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/kernels/reference/accumulator.hpp"

namespace taut::kernels::reference {

/// Calls visit(element of y, element of x, its weight) for each of the four pixels that each element of one row's y is made of.
template <class T, class Visit>
void for_each_upsampled(const UpsampleGeometry& g, Visit&& visit) {
  using A = Accumulator<T>;
  const auto fraction = [](index_t part, index_t parts) { return static_cast<A>(part) / static_cast<A>(parts); };
  for (index_t oh = 0; oh < g.out_height(); ++oh) {
    const UpsampleSource v = g.line_source(oh);
    for (index_t ow = 0; ow < g.out_width(); ++ow) {
      const UpsampleSource h = g.column_source(ow);
      const A down = fraction(v.part, v.parts), right = fraction(h.part, h.parts);
      for (index_t c = 0; c < g.channels; ++c) {
        const index_t out = (oh * g.out_width() + ow) * g.channels + c;
        const auto in = [&](index_t line, index_t column) { return (line * g.in_width + column) * g.channels + c; };
        visit(out, in(v.lower, h.lower), (1 - down) * (1 - right));
        visit(out, in(v.lower, h.upper), (1 - down) * right);
        visit(out, in(v.upper, h.lower), down * (1 - right));
        visit(out, in(v.upper, h.upper), down * right);
      }
    }
  }
}

template <class T>
void upsample_forward(const UpsampleGeometry& g, index_t rows,
                      const T* x,  // (rows, in_height, in_width, channels)
                      T* y) {      // (rows, out_height, out_width, channels)
  for (index_t row = 0; row < rows; ++row, x += g.in_size(), y += g.out_size()) {
    for (index_t i = 0; i < g.out_size(); ++i) y[i] = T{};
    for_each_upsampled<T>(g, [&](index_t out, index_t in, Accumulator<T> weight) {
      if (weight != 0) y[out] += static_cast<T>(weight * x[in]);
    });
  }
}

template <class T>
void upsample_backward(const UpsampleGeometry& g, index_t rows,
                       const T* dy,  // (rows, out_height, out_width, channels)
                       T* dx) {      // (rows, in_height, in_width, channels)
  for (index_t row = 0; row < rows; ++row, dy += g.out_size(), dx += g.in_size()) {
    for (index_t i = 0; i < g.in_size(); ++i) dx[i] = T{};
    for_each_upsampled<T>(g, [&](index_t out, index_t in, Accumulator<T> weight) {
      if (weight != 0) dx[in] += static_cast<T>(weight * dy[out]);
    });
  }
}

}  // namespace taut::kernels::reference
