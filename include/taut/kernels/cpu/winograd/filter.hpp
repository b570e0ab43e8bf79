/// filter: the 3×3 weight into the points of a Winograd convolution, and its gradient back.
#pragma once

#include "taut/kernels/cpu/simd.hpp"
#include "taut/kernels/cpu/winograd/plan.hpp"
#include "taut/kernels/cpu/winograd/transform.hpp"

namespace taut::kernels::cpu::winograd {

/// One panel of output channels of G g Gᵀ, as the forward products read it.
template <Conv2dGeometry g, class T>
void transform_filter(index_t panel,
                      const T* weight,  // (3, 3, in_channels, out_channels)
                      T* filter) {      // (points, in_channels, nr)
  using P = Plan<g, T>;
  for (index_t in = 0; in < g.in_channels; ++in) {
    for (index_t lane = 0; lane < nr<T>; lane += width<T>) {
      const T* const from = weight + in * g.out_channels + panel * nr<T> + lane;
      T* const to = filter + in * nr<T> + lane;
      transform<Transforms<P::m>::filter, T>(
          [&](auto i, auto j) __attribute__((always_inline)) {
            return load_vector(from + (i * 3 + j) * g.in_channels * g.out_channels);
          },
          [&](auto i, auto j, Vector<T> value) __attribute__((always_inline)) {
            store_vector(to + (i * P::n + j) * g.in_channels * nr<T>, value);
          });
    }
  }
}

/// One panel of input channels of the same, transposed, as the products of the input's gradient read it.
template <Conv2dGeometry g, class T>
void transform_filter_transposed(index_t panel,
                                 const T* weight,  // (3, 3, in_channels, out_channels)
                                 T* filter) {      // (points, in_panels, out_channels, nr)
  using P = Plan<g, T>;
  alignas(64) T block[P::points][width<T>];
  for (index_t in = 0; in < nr<T>; ++in) {
    for (index_t out = 0; out < g.out_channels; out += width<T>) {
      const T* const from = weight + (panel * nr<T> + in) * g.out_channels + out;
      transform<Transforms<P::m>::filter, T>(
          [&](auto i, auto j) __attribute__((always_inline)) {
            return load_vector(from + (i * 3 + j) * g.in_channels * g.out_channels);
          },
          [&](auto i, auto j, Vector<T> value) __attribute__((always_inline)) { store_vector(block[i * P::n + j], value); });
      for (index_t point = 0; point < P::points; ++point) {
        T* const to = filter + ((point * P::in_panels + panel) * g.out_channels + out) * nr<T> + in;
        for (index_t lane = 0; lane < width<T>; ++lane) to[lane * nr<T>] = block[point][lane];
      }
    }
  }
}

/// One panel of input channels of dweight = Gᵀ dU G.
template <Conv2dGeometry g, class T>
void transform_filter_gradient(index_t panel,
                               const T* gradient,  // (points, in_panels, out_panels, nr in, nr out)
                               T* dweight) {       // (3, 3, in_channels, out_channels)
  using P = Plan<g, T>;
  constexpr index_t square = nr<T> * nr<T>, point_step = P::in_panels * P::out_panels * square;
  for (index_t in = 0; in < nr<T>; ++in) {
    for (index_t out = 0; out < g.out_channels; out += width<T>) {
      const T* const from = gradient + (panel * P::out_panels + out / nr<T>) * square + in * nr<T> + out % nr<T>;
      T* const to = dweight + (panel * nr<T> + in) * g.out_channels + out;
      transform<Transforms<P::m>::filter_gradient, T>(
          [&](auto i, auto j) __attribute__((always_inline)) { return load_vector(from + (i * P::n + j) * point_step); },
          [&](auto i, auto j, Vector<T> value) __attribute__((always_inline)) {
            store_vector(to + (i * 3 + j) * g.in_channels * g.out_channels, value);
          });
    }
  }
}

}  // namespace taut::kernels::cpu::winograd
