/// Dropout by its definition.
#pragma once

#include "taut/core/random.hpp"
#include "taut/core/shape.hpp"

namespace taut::kernels::reference {

template <class T>
void dropout(index_t count,
             const T* x,  // (count)
             T* y,        // (count)
             index_t percent, RandomKey key) {
  const float probability = static_cast<float>(percent) / 100.0F;
  const T factor = T{1} / (T{1} - static_cast<T>(percent) / T{100});
  for (index_t i = 0; i < count; ++i) {
    const bool kept = percent == 0 || unit_interval(philox(key, i / 4)[i % 4]) >= probability;
    y[i] = kept ? x[i] * factor : T{};
  }
}

}  // namespace taut::kernels::reference
