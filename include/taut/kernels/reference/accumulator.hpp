/// Accumulator: the type that long sums are made in, and the activations by their definition.
#pragma once

#include <type_traits>

#include "taut/core/geometry.hpp"

namespace taut::kernels::reference {

/// double for float and double; the scalar itself where it is wider or something else entirely.
template <class T>
using Accumulator = std::conditional_t<std::is_floating_point_v<T> && sizeof(T) < sizeof(double), double, T>;

template <class T>
constexpr T activate(Activation activation, T x) {
  return activation == Activation::relu && !(x > T{}) && x == x ? T{} : x;  // a NaN stays one, as in PyTorch
}

/// The derivative at x; at output y = activate(x) it is the same for every activation here.
template <class T>
constexpr T activation_slope(Activation activation, T x) {
  return activation == Activation::relu && !(x > T{}) ? T{0} : T{1};
}

}  // namespace taut::kernels::reference
