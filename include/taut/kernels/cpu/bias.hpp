/// bias: added where no product's epilogue does it.
#pragma once

#include <algorithm>

#include "taut/kernels/cpu/activation.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"

namespace taut::kernels::cpu {

/// y = activation(y + bias).
template <class T, class Threads>
void add_bias(Threads& threads, index_t pixels, index_t channels,
              const T* bias,  // (channels) or null
              Activation activation,
              T* y  // (pixels, channels)
) {
  const index_t block = std::max<index_t>(1, sweep_elements / channels);
  serial_or_parallel_blocks(threads, pixels * channels, pixels, block, [&](index_t begin, index_t end, index_t) {
    for (index_t pixel = begin; bias != nullptr && pixel < end; ++pixel) {
      T* __restrict to = y + pixel * channels;
      for (index_t c = 0; c < channels; ++c) to[c] += bias[c];
    }
    const index_t count = (end - begin) * channels;
    with_kind(activation, [&]<Activation::Kind kind>() {
      if constexpr (kind != Activation::Kind::identity) {
        detail::activate_rows<kind>(y + begin * channels, 1, count, count, static_cast<T>(activation.negative_slope));
      }
    });
  });
}

}  // namespace taut::kernels::cpu
