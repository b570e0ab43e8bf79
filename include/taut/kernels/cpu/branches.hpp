/// branches: the ends of branches, joined and parted again.
#pragma once

#include <algorithm>
#include <array>
#include <limits>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/sweep.hpp"

namespace taut::kernels::cpu {

namespace detail {

inline constexpr index_t most_joined = 8;

/// A copy of a short list of pointers: see sweep.
template <class Pointer>
std::array<Pointer, most_joined> copy_pointers(index_t count, const Pointer* pointers) {
  std::array<Pointer, most_joined> copy{};
  std::copy_n(pointers, count, copy.begin());
  return copy;
}

}  // namespace detail

/// y = activation(Σ branches).
template <class T, class Threads>
void add(Threads& threads, index_t count, index_t branches,
         const T* const* x,  // (branches), each (count)
         Activation activation,
         T* y  // (count)
) {
  const auto from = detail::copy_pointers(branches, x);
  const Vector<T> least = broadcast(activation == Activation::relu ? T{0} : -std::numeric_limits<T>::infinity());
  sweep<T>(threads, count, [=](index_t i, auto lanes) {
    Vector<T> sum = load_lanes<lanes>(from[0] + i);
    for (index_t b = 1; b < branches; ++b) sum = sum + load_lanes<lanes>(from[b] + i);
    store_lanes<lanes>(y + i, max(least, sum));
  });
}

/// Every branch's gradient is dy where the activation let the sum through. In place of dy where a gradient is dy.
template <class T, class Threads>
void add_backward(Threads& threads, index_t count, index_t branches,
                  const T* y,   // (count)
                  const T* dy,  // (count)
                  Activation activation,
                  T* const* gradients  // (branches), each (count) or null
) {
  const auto to = detail::copy_pointers(branches, gradients);
  const Vector<T> zero = broadcast(T{0});
  const bool passes = activation == Activation::identity;
  sweep<T>(threads, count, [=](index_t i, auto lanes) {
    Vector<T> gradient = load_lanes<lanes>(dy + i);
    if (!passes) gradient = select(load_lanes<lanes>(y + i) > zero, gradient, zero);
    for (index_t b = 0; b < branches; ++b) {
      if (to[b] != nullptr) store_lanes<lanes>(to[b] + i, gradient);
    }
  });
}

namespace detail {

/// copy(branch, pixel, first channel of the branch, channels of the branch), all pixels' in parallel.
template <class Threads, class Copy>
void for_each_part(Threads& threads, index_t pixels, index_t branches, const index_t* channels /* (branches) */, const Copy& copy) {
  index_t all = 0;
  for (index_t b = 0; b < branches; ++b) all += channels[b];
  const index_t block = std::max<index_t>(1, sweep_elements / all);
  serial_or_parallel_blocks(threads, pixels * all, pixels, block, [&](index_t begin, index_t end, index_t) {
    for (index_t p = begin; p < end; ++p) {
      index_t first = p * all;
      for (index_t b = 0; b < branches; first += channels[b++]) copy(b, p, first, channels[b]);
    }
  });
}

}  // namespace detail

/// Each pixel's channels, one branch behind the other.
template <class T, class Threads>
void concatenate(Threads& threads, index_t pixels, index_t branches,
                 const index_t* channels,  // (branches)
                 const T* const* x,        // (branches), each (pixels, channels)
                 T* y                      // (pixels, all channels)
) {
  detail::for_each_part(threads, pixels, branches, channels, [&](index_t branch, index_t pixel, index_t first, index_t count) {
    std::copy_n(x[branch] + pixel * count, count, y + first);
  });
}

/// The other way.
template <class T, class Threads>
void split(Threads& threads, index_t pixels, index_t branches,
           const index_t* channels,  // (branches)
           const T* dy,              // (pixels, all channels)
           T* const* gradients       // (branches), each (pixels, channels) or null
) {
  detail::for_each_part(threads, pixels, branches, channels, [&](index_t branch, index_t pixel, index_t first, index_t count) {
    if (gradients[branch] != nullptr) std::copy_n(dy + first, count, gradients[branch] + pixel * count);
  });
}

}  // namespace taut::kernels::cpu
