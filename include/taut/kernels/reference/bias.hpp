/// A bias and its gradient by their definition.
#pragma once

#include "taut/core/activation.hpp"
#include "taut/kernels/reference/accumulator.hpp"
#include "taut/kernels/reference/activation.hpp"

namespace taut::kernels::reference {

template <class T>
void add_bias(index_t pixels, index_t channels,
              const T* bias,  // (channels) or null
              Activation activation,
              T* y  // (pixels, channels)
) {
  for (index_t i = 0; i < pixels * channels; ++i) y[i] = activate(activation, bias == nullptr ? y[i] : y[i] + bias[i % channels]);
}

template <class T>
void column_sums(index_t pixels, index_t channels,
                 const T* x,  // (pixels, channels)
                 T* sums      // (channels)
) {
  for (index_t c = 0; c < channels; ++c) {
    Accumulator<T> sum{};
    for (index_t p = 0; p < pixels; ++p) sum += x[p * channels + c];
    sums[c] = static_cast<T>(sum);
  }
}

}  // namespace taut::kernels::reference
