/// Branches joined, and parted again, by their definition.
#pragma once

#include <algorithm>

#include "taut/core/geometry.hpp"
#include "taut/kernels/reference/activation.hpp"

namespace taut::kernels::reference {

template <class T>
void add(index_t count, index_t branches,
         const T* const* x,  // (branches), each (count)
         Activation activation,
         T* y  // (count)
) {
  for (index_t i = 0; i < count; ++i) {
    T sum = x[0][i];
    for (index_t b = 1; b < branches; ++b) sum += x[b][i];
    y[i] = activate(activation, sum);
  }
}

template <class T>
void add_backward(index_t count, index_t branches,
                  const T* y,   // (count)
                  const T* dy,  // (count)
                  Activation activation,
                  T* const* gradients  // (branches), each (count) or null
) {
  for (index_t b = 0; b < branches; ++b) {
    if (gradients[b] == nullptr) continue;
    for (index_t i = 0; i < count; ++i) {
      const T slope = activation_slope_at_output(activation, y[i]);
      gradients[b][i] = slope == T{0} ? T{0} : dy[i] * slope;  // no −0, and no NaN of an infinite dy
    }
  }
}

template <class T>
void concatenate(index_t pixels, index_t branches,
                 const index_t* channels,  // (branches)
                 const T* const* x,        // (branches), each (pixels, channels)
                 T* y                      // (pixels, all channels)
) {
  for (index_t p = 0; p < pixels; ++p) {
    for (index_t b = 0; b < branches; ++b) y = std::copy_n(x[b] + p * channels[b], channels[b], y);
  }
}

template <class T>
void split(index_t pixels, index_t branches,
           const index_t* channels,  // (branches)
           const T* dy,              // (pixels, all channels)
           T* const* gradients       // (branches), each (pixels, channels) or null
) {
  for (index_t p = 0; p < pixels; ++p) {
    for (index_t b = 0; b < branches; dy += channels[b++]) {
      if (gradients[b] != nullptr) std::copy_n(dy, channels[b], gradients[b] + p * channels[b]);
    }
  }
}

}  // namespace taut::kernels::reference
