/// Group normalisation by its definition.
#pragma once

#include <cmath>

#include "taut/core/geometry.hpp"
#include "taut/kernels/reference/accumulator.hpp"

namespace taut::kernels::reference {

/// Calls visit(element of the row, its channel) for every element of one group.
template <class Visit>
void for_each_of_group(const GroupNormGeometry& g, index_t group, Visit&& visit) {
  for (index_t pixel = 0; pixel < g.pixels; ++pixel) {
    for (index_t c = group * g.group_channels(); c < (group + 1) * g.group_channels(); ++c) visit(pixel * g.channels + c, c);
  }
}

/// Mean and 1 / √(biased variance + eps) of one group.
template <class T>
struct GroupMoments {
  Accumulator<T> mean{}, inv_std{};
};

template <class T>
GroupMoments<T> group_moments(const GroupNormGeometry& g, index_t group, const T* x /* (pixels, channels) */, double eps) {
  const auto n = static_cast<Accumulator<T>>(g.group_size());
  Accumulator<T> mean{}, variance{};
  for_each_of_group(g, group, [&](index_t i, index_t) { mean += x[i] / n; });
  for_each_of_group(g, group, [&](index_t i, index_t) { variance += (x[i] - mean) * (x[i] - mean) / n; });
  using std::sqrt;
  return {mean, 1 / sqrt(variance + static_cast<Accumulator<T>>(eps))};
}

template <class T>
void group_norm_forward(const GroupNormGeometry& g, index_t rows,
                        const T* x,       // (rows, pixels, channels)
                        const T* weight,  // (channels)
                        const T* bias,    // (channels)
                        double eps,
                        T* y) {  // as x
  for (index_t row = 0; row < rows; ++row, x += g.size(), y += g.size()) {
    for (index_t group = 0; group < g.groups; ++group) {
      const GroupMoments<T> moments = group_moments(g, group, x, eps);
      for_each_of_group(g, group, [&](index_t i, index_t c) {
        y[i] = static_cast<T>((x[i] - moments.mean) * moments.inv_std * weight[c] + bias[c]);
      });
    }
  }
}

/// With n elements in a group, x̂ = (x − mean)·inv_std and d = dy·weight: dx = inv_std·(d − Σd/n − x̂·Σ(d·x̂)/n).
template <class T>
void group_norm_backward(const GroupNormGeometry& g, index_t rows,
                         const T* x,       // (rows, pixels, channels)
                         const T* dy,      // as x
                         const T* weight,  // (channels)
                         double eps,
                         T* dx,       // as x, or null
                         T* dweight,  // (channels)
                         T* dbias) {  // (channels)
  for (index_t c = 0; c < g.channels; ++c) dweight[c] = dbias[c] = T{};
  const auto n = static_cast<Accumulator<T>>(g.group_size());
  for (index_t row = 0; row < rows; ++row) {
    const T* const values = x + row * g.size();
    const T* const gradient = dy + row * g.size();
    for (index_t group = 0; group < g.groups; ++group) {
      const GroupMoments<T> moments = group_moments(g, group, values, eps);
      const auto normal = [&](index_t i) { return (values[i] - moments.mean) * moments.inv_std; };
      Accumulator<T> sum{}, product_sum{};
      for_each_of_group(g, group, [&](index_t i, index_t c) {
        dweight[c] += static_cast<T>(gradient[i] * normal(i));
        dbias[c] += gradient[i];
        sum += static_cast<Accumulator<T>>(gradient[i]) * weight[c];
        product_sum += gradient[i] * weight[c] * normal(i);
      });
      if (dx == nullptr) continue;
      for_each_of_group(g, group, [&](index_t i, index_t c) {
        const Accumulator<T> scaled = static_cast<Accumulator<T>>(gradient[i]) * weight[c];
        dx[row * g.size() + i] = static_cast<T>(moments.inv_std * (scaled - sum / n - normal(i) * product_sum / n));
      });
    }
  }
}

}  // namespace taut::kernels::reference
