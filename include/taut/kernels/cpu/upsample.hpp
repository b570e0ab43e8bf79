/// upsample: an image of more pixels, and its gradient gathered pixel by pixel. Lanes are channels.
#pragma once

#include <algorithm>
#include <array>

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

/// Along one axis: the outputs that an input element has a share in, and the shares.
template <class T, index_t Outputs>
struct AxisShares {
  IndexRange outputs;
  std::array<T, Outputs> shares{};
};

/// Of each element, once for all channels and images. Not while compiling: clang gives up on large images. `source` and `outputs` are the
/// geometry's.
template <class T, index_t Extent, index_t Factor>
auto axis_shares(auto&& source, auto&& outputs) {
  std::array<AxisShares<T, 3 * Factor>, Extent> all{};  // a neighbour's outputs on either side, at most
  for (index_t element = 0; element < Extent; ++element) {
    const auto share = [&](index_t output) {
      const UpsampleSource from = source(output);
      const T upper = upper_share<T>(from);
      return (from.lower == element ? T{1} - upper : T{0}) + (from.upper == element ? upper : T{0});
    };
    IndexRange& range = all[element].outputs = outputs(element);
    while (share(range.begin) == 0) ++range.begin;
    while (share(range.end - 1) == 0) --range.end;
    for (index_t output = range.begin; output < range.end; ++output) all[element].shares[output - range.begin] = share(output);
  }
  return all;
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
void upsampled_gradient(const AxisShares<T, 3 * g.vertical>& vertical, const AxisShares<T, 3 * g.horizontal>& horizontal,
                        const T* dy,  // (out_height, out_width, channels)
                        T* dx) {      // (channels)
  const IndexRange lines = vertical.outputs, columns = horizontal.outputs;
  for_each_vector<g.channels, T>([&](index_t channel, auto lanes) __attribute__((always_inline)) {
    Vector<T> sum = broadcast(T{0});
    for (index_t h = lines.begin; h < lines.end; ++h) {
      const T* const from = dy + (h * g.out_width() + columns.begin) * g.channels + channel;
      Vector<T> across = broadcast(T{0});
      for (index_t w = 0; w < columns.end - columns.begin; ++w) {
        across = fma(broadcast(horizontal.shares[w]), load_lanes<lanes>(from + w * g.channels), across);
      }
      sum = fma(broadcast(vertical.shares[h - lines.begin]), across, sum);
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
  const auto lines = detail::axis_shares<T, g.in_height, g.vertical>([](index_t line) { return g.line_source(line); },
                                                                     [](index_t line) { return g.lines_of(line); });
  const auto columns = detail::axis_shares<T, g.in_width, g.horizontal>([](index_t column) { return g.column_source(column); },
                                                                        [](index_t column) { return g.columns_of(column); });
  for_each_line(threads, rows, g.in_height, line_size * g.vertical * g.horizontal, [&](index_t row, index_t line) {
    for (index_t column = 0; column < g.in_width; ++column) {
      detail::upsampled_gradient<g>(lines[line], columns[column], dy + row * g.out_size(),
                                    dx + row * g.in_size() + line * line_size + column * g.channels);
    }
  });
}

}  // namespace taut::kernels::cpu
