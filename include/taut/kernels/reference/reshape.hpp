/// Reshape by its definition: element i in PyTorch's order stays element i.
#pragma once

#include "taut/core/geometry.hpp"

namespace taut::kernels::reference {

template <class T>
void reshape(const ReshapeGeometry& g, index_t rows,
             const T* x,  // (rows, size / from_channels, from_channels)
             T* y) {      // (rows, size / to_channels, to_channels)
  const auto place = [&](index_t i, index_t channels) {
    const index_t pixels = g.size / channels;
    return i % pixels * channels + i / pixels;
  };
  for (index_t row = 0; row < rows; ++row) {
    for (index_t i = 0; i < g.size; ++i) y[row * g.size + place(i, g.to_channels)] = x[row * g.size + place(i, g.from_channels)];
  }
}

}  // namespace taut::kernels::reference
