/// activation: the activations and their derivatives, alone. Two elements moved each forwards, three backwards.
#pragma once

#include <cuda_runtime.h>

#include <cmath>

#include "taut/core/activation.hpp"
#include "taut/core/shape.hpp"
#include "taut/kernels/cuda/activate.cuh"
#include "taut/kernels/cuda/sweep.cuh"

namespace taut::kernels::cuda {

/// The derivative of a gate.
template <class T>
__device__ T gate_slope(Activation::Kind kind, T x) {
  using std::exp;
  constexpr T density = static_cast<T>(0.39894228040143267793994605993438187L);  // 1 / √(2π)
  constexpr T cubic = static_cast<T>(0.044715L), factor = static_cast<T>(1.59576912160573071175978423973752747L);  // 2 √(2 / π)
  if (kind == Activation::Kind::gelu) return exp(-x * x / T{2}) * density;
  if (kind == Activation::Kind::silu) return logistic(x) * logistic(-x);
  const T z = factor * (x + cubic * x * x * x);
  return logistic(z) * logistic(-z) * factor * (T{1} + T{3} * cubic * x * x);
}

/// The derivative at x.
template <class T>
__device__ T activation_slope(Activation::Kind kind, T negative_slope, T x) {
  switch (kind) {
    case Activation::Kind::identity: return T{1};
    case Activation::Kind::relu: return x > T{} ? T{1} : T{0};
    case Activation::Kind::leaky_relu: return x > T{} ? T{1} : negative_slope;
    case Activation::Kind::sigmoid: return logistic(x) * logistic(-x);
    case Activation::Kind::tanh: return T{4} * logistic(T{2} * x) * logistic(T{-2} * x);
    default: {
      constexpr T far = 1000;  // every gate is 0 or 1 there, and nothing overflows
      const T within = x < -far ? -far : x > far ? far : x;
      return gate(kind, within) + within * gate_slope(kind, within);
    }
  }
}

/// The same from what the backward pass has: x where the activation is gated, else y.
template <class T>
__device__ T activation_slope_at_saved(Activation::Kind kind, T negative_slope, T saved) {
  if (kind == Activation::Kind::sigmoid) return saved * (T{1} - saved);
  if (kind == Activation::Kind::tanh) return (T{1} - saved) * (T{1} + saved);
  return activation_slope(kind, negative_slope, saved);  // a piecewise linear function keeps the sign
}

template <class T>
struct ActivationForward {
  Activation::Kind kind;
  T negative_slope;
  const T* x;
  T* y;
  __device__ void operator()(std::int64_t i) const { y[i] = activate(kind, negative_slope, x[i]); }
};

template <class T>
void activation_forward(cudaStream_t stream, Activation activation, index_t count,
                        const T* x,  // (count)
                        T* y) {      // (count), may be x
  sweep(stream, count, ActivationForward<T>{activation.kind, static_cast<T>(activation.negative_slope), x, y});
}

template <class T>
struct ActivationBackward {
  Activation::Kind kind;
  T negative_slope;
  const T* saved;
  const T* dy;
  T* dx;
  __device__ void operator()(std::int64_t i) const { dx[i] = dy[i] * activation_slope_at_saved(kind, negative_slope, saved[i]); }
};

/// dx = dy · activation'(x).
template <class T>
void activation_backward(cudaStream_t stream, Activation activation, index_t count,
                         const T* saved,  // (count): x where the activation is gated, else y
                         const T* dy,     // (count)
                         T* dx) {         // (count), may be dy
  sweep(stream, count, ActivationBackward<T>{activation.kind, static_cast<T>(activation.negative_slope), saved, dy, dx});
}

}  // namespace taut::kernels::cuda
