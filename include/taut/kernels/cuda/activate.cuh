/// activate: an activation of one element inside another kernel.
#pragma once

#include <cuda_runtime.h>

#include <cmath>
#include <limits>

#include "taut/core/activation.hpp"

namespace taut::kernels::cuda {

/// A name that device code may use; the function isn't one of its own.
template <class T>
inline constexpr T lowest = std::numeric_limits<T>::lowest();

/// 1 / (1 + e⁻ˣ).
template <class T>
__device__ T logistic(T x) {
  using std::exp;
  const T e = exp(x > T{} ? -x : x);
  return (x > T{} ? T{1} : e) / (T{1} + e);
}

/// What a gated activation multiplies x with.
template <class T>
__device__ T gate(Activation::Kind kind, T x) {
  using std::erfc;
  constexpr T root_half = static_cast<T>(0.70710678118654752440084436210484904L);
  constexpr T cubic = static_cast<T>(0.044715L), factor = static_cast<T>(1.59576912160573071175978423973752747L);  // 2 √(2 / π)
  if (kind == Activation::Kind::gelu) return erfc(-x * root_half) / T{2};
  // (1 + tanh z) / 2 is the logistic function of 2z
  return logistic(kind == Activation::Kind::silu ? x : factor * (x + cubic * x * x * x));
}

/// Identity, ReLU and LeakyReLU, which cost no more than a comparison.
__device__ __forceinline__ bool piecewise_linear(Activation::Kind kind) {
  return kind == Activation::Kind::identity || kind == Activation::Kind::relu || kind == Activation::Kind::leaky_relu;
}

/// Of a piecewise linear activation; a NaN stays one.
template <class T>
__device__ __forceinline__ T activate_linear(Activation::Kind kind, T negative_slope, T x) {
  if (kind == Activation::Kind::relu) return x <= T{} ? T{} : x;
  if (kind == Activation::Kind::leaky_relu) return x > T{} ? x : negative_slope * x;
  return x;
}

/// Of any. A NaN stays one, and infinity has the limit of finite numbers.
template <class T>
__device__ T activate(Activation::Kind kind, T negative_slope, T x) {
  using std::tanh;
  if (piecewise_linear(kind)) return activate_linear(kind, negative_slope, x);
  if (kind == Activation::Kind::sigmoid) return logistic(x);
  if (kind == Activation::Kind::tanh) return tanh(x);
  constexpr T far = 1000;  // so far from zero every gate is 0 or 1, and nothing overflows
  const T within = x < -far ? -far : x > far ? far : x;
  return (x < lowest<T> ? lowest<T> : x) * gate(kind, within);
}

}  // namespace taut::kernels::cuda
