/// Initialization: PyTorch's default distributions for new parameters.
#pragma once

#include "taut/nn/layer.hpp"

namespace taut::detail {

/// √x by Newton's method, for constants.
constexpr double square_root(double x) {
  double root = x > 1 ? x : 1;
  for (int i = 0; i < 64; ++i) root = 0.5 * (root + x / root);
  return root;
}

/// Kaiming uniform with a = √5, PyTorch's default for convolutions and linear layers: uniform within ±1/√fan_in.
constexpr Initialization kaiming_uniform(index_t fan_in) {
  const double bound = 1 / square_root(static_cast<double>(fan_in));
  return {-bound, bound};
}

constexpr Initialization constant(double value) { return {value, value}; }

}  // namespace taut::detail
