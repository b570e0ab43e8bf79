/// Activations and their derivatives by their definition.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "taut/core/activation.hpp"
#include "taut/core/shape.hpp"

namespace taut::kernels::reference {

/// 1 / (1 + e⁻ˣ).
template <class T>
T logistic(T x) {
  using std::exp;
  const T e = exp(x > T{} ? -x : x);
  return x > T{} ? T{1} / (T{1} + e) : e / (T{1} + e);
}

/// What a gated activation multiplies x with, and its derivative.
template <class T>
struct Gate {
  T value, derivative;
};

template <class T>
Gate<T> gate(Activation activation, T x) {
  using std::erfc;
  using std::exp;
  using std::sqrt;
  const T pi = static_cast<T>(3.14159265358979323846264338327950288L);
  switch (activation.kind) {
    case Activation::Kind::silu: return {logistic(x), logistic(x) * logistic(-x)};
    case Activation::Kind::gelu: return {erfc(-x / sqrt(T{2})) / T{2}, exp(-x * x / T{2}) / sqrt(T{2} * pi)};
    case Activation::Kind::gelu_tanh: {  // (1 + tanh z) / 2 is the logistic function of 2z
      const T cubic = static_cast<T>(0.044715L), factor = T{2} * sqrt(T{2} / pi), z = factor * (x + cubic * x * x * x);
      return {logistic(z), logistic(z) * logistic(-z) * factor * (T{1} + T{3} * cubic * x * x)};
    }
    default: return {T{1}, T{0}};
  }
}

/// Far from zero every gate is 0 or 1, whatever the scalar; nearer, nothing overflows.
template <class T>
T within_gates(T x) {
  return x == x ? std::clamp(x, T{-1000}, T{1000}) : x;
}

/// A NaN stays one, and infinity has the limit of finite numbers.
template <class T>
T activate(Activation activation, T x) {
  using std::tanh;
  switch (activation.kind) {
    case Activation::Kind::identity: return x;
    case Activation::Kind::relu: return !(x > T{}) && x == x ? T{} : x;
    case Activation::Kind::leaky_relu: return x > T{} ? x : static_cast<T>(activation.negative_slope) * x;
    case Activation::Kind::sigmoid: return logistic(x);
    case Activation::Kind::tanh: return tanh(x);
    default: return (x < std::numeric_limits<T>::lowest() ? std::numeric_limits<T>::lowest() : x) * gate(activation, within_gates(x)).value;
  }
}

/// The derivative at x.
template <class T>
T activation_slope(Activation activation, T x) {
  switch (activation.kind) {
    case Activation::Kind::identity: return T{1};
    case Activation::Kind::relu: return x > T{} ? T{1} : T{0};
    case Activation::Kind::leaky_relu: return x > T{} ? T{1} : static_cast<T>(activation.negative_slope);
    case Activation::Kind::sigmoid: return logistic(x) * logistic(-x);
    case Activation::Kind::tanh: return T{4} * logistic(T{2} * x) * logistic(T{-2} * x);
    default: {
      const Gate<T> here = gate(activation, within_gates(x));
      return here.value + within_gates(x) * here.derivative;
    }
  }
}

/// The same where y = activate(x) is known instead. Requires an activation that isn't gated.
template <class T>
T activation_slope_at_output(Activation activation, T y) {
  switch (activation.kind) {
    case Activation::Kind::sigmoid: return y * (T{1} - y);
    case Activation::Kind::tanh: return (T{1} - y) * (T{1} + y);
    default: return activation_slope(activation, y);  // a piecewise linear function keeps the sign
  }
}

template <class T>
void activation_forward(Activation activation, index_t count,
                        const T* x,  // (count)
                        T* y) {      // (count), may be x
  for (index_t i = 0; i < count; ++i) y[i] = activate(activation, x[i]);
}

/// dx = dy · activation'(x).
template <class T>
void activation_backward(Activation activation, index_t count,
                         const T* saved,  // (count): x where the activation is gated, else y
                         const T* dy,     // (count)
                         T* dx) {         // (count), may be dy
  for (index_t i = 0; i < count; ++i) {
    dx[i] = dy[i] * (activation.gated() ? activation_slope(activation, saved[i]) : activation_slope_at_output(activation, saved[i]));
  }
}

}  // namespace taut::kernels::reference
