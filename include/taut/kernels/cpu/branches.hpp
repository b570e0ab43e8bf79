/// branches: the ends of branches, joined and parted again.
#pragma once

#include <algorithm>
#include <array>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/activation.hpp"
#include "taut/kernels/cpu/sweep.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// A copy of a short list of pointers: see sweep.
template <class Pointer>
std::array<Pointer, most_branches> copy_pointers(index_t count, const Pointer* pointers) {
  std::array<Pointer, most_branches> copy{};
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
  const T slope = static_cast<T>(activation.negative_slope);
  with_kind(activation, [&]<Activation::Kind kind>() {
    sweep<T>(threads, count, [=](index_t i, auto lanes) {
      Vector<T> sum = load_lanes<lanes>(from[0] + i);
      for (index_t b = 1; b < branches; ++b) sum = sum + load_lanes<lanes>(from[b] + i);
      store_lanes<lanes>(y + i, detail::activate<kind, T>(sum, slope));
    });
  });
}

/// Every branch's gradient is dy · activation'(sum). In place of dy where a gradient is dy. Requires an activation that isn't gated.
template <class T, class Threads>
void add_backward(Threads& threads, index_t count, index_t branches,
                  const T* y,   // (count)
                  const T* dy,  // (count)
                  Activation activation,
                  T* const* gradients  // (branches), each (count) or null
) {
  const auto to = detail::copy_pointers(branches, gradients);
  const T slope = static_cast<T>(activation.negative_slope);
  with_kind(activation, [&]<Activation::Kind kind>() {
    if constexpr (kind < Activation::Kind::silu) {
      sweep<T>(threads, count, [=](index_t i, auto lanes) {
        const Vector<T> gradient = detail::through_saved<kind, T>(load_lanes<lanes>(dy + i), load_lanes<lanes>(y + i), slope);
        for (index_t b = 0; b < branches; ++b) {
          if (to[b] != nullptr) store_lanes<lanes>(to[b] + i, gradient);
        }
      });
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
