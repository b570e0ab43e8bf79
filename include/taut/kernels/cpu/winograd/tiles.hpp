/// tiles: pixels into transformed tiles and back. One call handles one panel of channels of a run of tiles.
#pragma once

#include <algorithm>
#include <limits>
#include <type_traits>

#include "taut/kernels/cpu/activation.hpp"
#include "taut/kernels/cpu/gather_geometry.hpp"
#include "taut/kernels/cpu/simd.hpp"
#include "taut/kernels/cpu/winograd/plan.hpp"
#include "taut/kernels/cpu/winograd/transform.hpp"

namespace taut::kernels::cpu::winograd {

namespace detail {

/// A square of `side` × `side` pixels, some of which may lie outside of the image: [top, bottom) × [left, right) of it are inside.
template <class T>
struct Patch {
  T* first;  // where its first pixel is or would be
  index_t top, bottom, left, right;

  constexpr bool whole(index_t side) const { return top == 0 && left == 0 && bottom == side && right == side; }
  constexpr bool inside(index_t i, index_t j) const { return i >= top && i < bottom && j >= left && j < right; }
};

/// The part of [begin, begin + side) that lies in [0, extent), counted from begin.
constexpr index_t inside_begin(offset_t begin) { return begin < 0 ? index_t(-begin) : 0; }
constexpr index_t inside_end(offset_t begin, index_t side, index_t extent) {
  const offset_t left = offset_t(extent) - begin;
  return left <= 0 ? 0 : std::min(side, index_t(left));
}

template <class T>
constexpr Patch<T> patch_of(T* image, offset_t line, offset_t column, index_t side, index_t height, index_t image_width, index_t channels) {
  return {image + (line * offset_t(image_width) + column) * offset_t(channels), inside_begin(line), inside_end(line, side, height),
          inside_begin(column), inside_end(column, side, image_width)};
}

/// The pixels of x that tile `place` reads.
template <Conv2dGeometry g, class X, class T = std::remove_const_t<X>>
Patch<X> input_patch(X* x, Place place) {
  using P = Plan<g, T>;
  return patch_of(x + place.row * g.in_size(), offset_t(place.line * P::m) - offset_t(g.vertical.padding),
                  offset_t(place.column * P::m) - offset_t(g.horizontal.padding), P::n, g.in_height, g.in_width, g.in_channels);
}

/// The pixels of y that tile `place` writes.
template <Conv2dGeometry g, class Y, class T = std::remove_const_t<Y>>
Patch<Y> output_patch(Y* y, Place place) {
  using P = Plan<g, T>;
  return patch_of(y + place.row * g.out_size(), offset_t(place.line * P::m), offset_t(place.column * P::m), P::m, g.out_height(),
                  g.out_width(), g.out_channels);
}

/// Transforms one patch by `matrix`, pixels outside of the image being zero; point p goes to `to + p · point_step`.
template <const auto& matrix, bool whole, index_t line_step, index_t pixel_step, class T>
void gather_patch(const Patch<const T>& patch, index_t lane, T* to, index_t point_step) {
  using M = std::remove_cvref_t<decltype(matrix)>;
  const T* const first = patch.first + lane;
  transform<matrix, T>(
      [&](auto i, auto j) __attribute__((always_inline)) {
        if (!whole && !patch.inside(i, j)) return broadcast(T{0});
        return load_vector(first + i * line_step + j * pixel_step);
      },
      [&](auto i, auto j, Vector<T> value) __attribute__((always_inline)) { store_vector(to + (i * M::rows + j) * point_step, value); });
}

}  // namespace detail

/// transformed = Bᵀ d B for tiles [begin, end) and one panel of input channels.
template <Conv2dGeometry g, class T>
void transform_input(index_t begin, index_t end, index_t panel,
                     const T* x,          // (rows, in_height, in_width, in_channels)
                     T* transformed,      // (points, …, end − begin, nr)
                     index_t point_step) {
  constexpr const auto& matrix = Transforms<Plan<g, T>::m>::input;
  constexpr index_t line_step = g.in_width * g.in_channels;
  for (index_t tile = begin; tile < end; ++tile, transformed += nr<T>) {
    const detail::Patch<const T> patch = detail::input_patch<g>(x, place_of<g, T>(tile));
    for (index_t lane = 0; lane < nr<T>; lane += width<T>) {
      const index_t channel = panel * nr<T> + lane;
      if (patch.whole(Plan<g, T>::n)) {
        detail::gather_patch<matrix, true, line_step, g.in_channels>(patch, channel, transformed + lane, point_step);
      } else {
        detail::gather_patch<matrix, false, line_step, g.in_channels>(patch, channel, transformed + lane, point_step);
      }
    }
  }
}

/// transformed = A dy Aᵀ for tiles [begin, end) and one panel of output channels; adds dy up into sums (nr) unless that is null.
template <Conv2dGeometry g, class T>
void transform_output_gradient(index_t begin, index_t end, index_t panel,
                               const T* dy,     // (rows, out_height, out_width, out_channels)
                               T* transformed,  // (points, …, end − begin, nr)
                               index_t point_step, T* sums) {
  using P = Plan<g, T>;
  constexpr const auto& matrix = Transforms<P::m>::output_gradient;
  constexpr index_t line_step = g.out_width() * g.out_channels;
  for (index_t tile = begin; tile < end; ++tile, transformed += nr<T>) {
    const detail::Patch<const T> patch = detail::output_patch<g>(dy, place_of<g, T>(tile));
    for (index_t lane = 0; lane < nr<T>; lane += width<T>) {
      const index_t channel = panel * nr<T> + lane;
      if (P::exact || patch.whole(P::m)) {
        detail::gather_patch<matrix, true, line_step, g.out_channels>(patch, channel, transformed + lane, point_step);
      } else {
        detail::gather_patch<matrix, false, line_step, g.out_channels>(patch, channel, transformed + lane, point_step);
      }
      if (sums == nullptr) continue;
      Vector<T> sum = load_vector(sums + lane);
      for (index_t i = patch.top; i < patch.bottom; ++i) {
        const T* const line = patch.first + channel + i * line_step;
        for (index_t j = patch.left; j < patch.right; ++j) sum = sum + load_vector(line + j * g.out_channels);
      }
      store_vector(sums + lane, sum);
    }
  }
}

/// y = activation(Aᵀ products A + bias) for tiles [begin, end) and one panel of output channels.
template <Conv2dGeometry g, class T>
void transform_output(index_t begin, index_t end, index_t panel,
                      const T* products,  // (points, …, end − begin, nr)
                      index_t point_step, const T* bias, Activation activation,
                      T* y) {  // (rows, out_height, out_width, out_channels)
  using P = Plan<g, T>;
  constexpr index_t line_step = g.out_width() * g.out_channels;
  for (index_t lane = 0; lane < nr<T>; lane += width<T>) {
    const index_t channel = panel * nr<T> + lane;
    const Vector<T> offset = bias == nullptr ? broadcast(T{0}) : load_vector(bias + channel);
    const Vector<T> least = broadcast(activation == Activation::relu ? T{0} : -std::numeric_limits<T>::infinity());
    for (index_t tile = begin; tile < end; ++tile) {
      const detail::Patch<T> patch = detail::output_patch<g>(y, place_of<g, T>(tile));
      const T* const from = products + (tile - begin) * nr<T> + lane;
      T* const to = patch.first + channel;
      transform<Transforms<P::m>::output, T>(
          [&](auto i, auto j) __attribute__((always_inline)) { return load_vector(from + (i * P::n + j) * point_step); },
          [&](auto i, auto j, Vector<T> value) __attribute__((always_inline)) {
            if (!P::exact && !patch.inside(i, j)) return;
            store_vector(to + i * line_step + j * g.out_channels, max(least, value + offset));
          });
    }
  }
  if (!activates_stored(activation)) return;
  for (index_t tile = begin; tile < end; ++tile) {
    const detail::Patch<T> patch = detail::output_patch<g>(y, place_of<g, T>(tile));
    for (index_t i = patch.top; i < patch.bottom; ++i) {
      activate_stored(activation, patch.first + i * line_step + patch.left * g.out_channels + panel * nr<T>, patch.right - patch.left,
                      nr<T>, g.out_channels);
    }
  }
}

/// dx += B products Bᵀ for tiles [begin, end) and one panel of input channels; neighbouring tiles overlap.
template <Conv2dGeometry g, class T>
void add_input_gradient(index_t begin, index_t end, index_t panel,
                        const T* products,  // (points, end − begin, nr)
                        index_t point_step,
                        T* dx) {  // (rows, in_height, in_width, in_channels)
  using P = Plan<g, T>;
  constexpr index_t line_step = g.in_width * g.in_channels;
  for (index_t tile = begin; tile < end; ++tile) {
    const detail::Patch<T> patch = detail::input_patch<g>(dx, place_of<g, T>(tile));
    for (index_t lane = 0; lane < nr<T>; lane += width<T>) {
      const T* const from = products + (tile - begin) * nr<T> + lane;
      T* const to = patch.first + panel * nr<T> + lane;
      transform<Transforms<P::m>::input_gradient, T>(
          [&](auto i, auto j) __attribute__((always_inline)) { return load_vector(from + (i * P::n + j) * point_step); },
          [&](auto i, auto j, Vector<T> value) __attribute__((always_inline)) {
            if (!patch.inside(i, j)) return;
            T* const at = to + i * line_step + j * g.in_channels;
            store_vector(at, load_vector(at) + value);
          });
    }
  }
}

}  // namespace taut::kernels::cpu::winograd
