/// Activation error: the activations in long double, and how far a device may be from them.
#pragma once

#include <cmath>
#include <limits>

#include "taut/core/activation.hpp"

namespace ops {

/// What GELU's approximation takes the logistic function of.
inline long double gelu_tanh_argument(long double x) {
  return std::sqrt(8 / 3.14159265358979323846264338327950288L) * (x + 0.044715L * x * x * x);
}

inline long double exact_logistic(long double x) { return 1 / (1 + std::exp(-x)); }

inline long double exact_activation(taut::Activation activation, long double x) {
  using Kind = taut::Activation::Kind;
  switch (activation.kind) {
    case Kind::identity: return x;
    case Kind::relu: return x < 0 ? 0 : x;
    case Kind::leaky_relu: return x > 0 ? x : static_cast<long double>(activation.negative_slope) * x;
    case Kind::sigmoid: return exact_logistic(x);
    case Kind::tanh: return std::tanh(x);
    case Kind::silu: return x * exact_logistic(x);
    case Kind::gelu: return x * std::erfc(-x / std::sqrt(2.0L)) / 2;
    case Kind::gelu_tanh: return x * exact_logistic(gelu_tanh_argument(x));
  }
  return 0;
}

/// A derivative as a sum of two terms: their magnitudes say what its rounding error may be.
struct ExactSlope {
  long double value, magnitude;
};

inline ExactSlope exact_slope(taut::Activation activation, long double x) {
  using Kind = taut::Activation::Kind;
  const auto single = [](long double value) { return ExactSlope{value, std::abs(value)}; };
  const auto gated = [x](long double gate, long double derivative) {
    return ExactSlope{gate + x * derivative, gate + std::abs(x * derivative)};
  };
  switch (activation.kind) {
    case Kind::identity: return single(1);
    case Kind::relu: return single(x > 0 ? 1 : 0);
    case Kind::leaky_relu: return single(x > 0 ? 1 : static_cast<long double>(activation.negative_slope));
    case Kind::sigmoid: return single(exact_logistic(x) * exact_logistic(-x));
    case Kind::tanh: return single(4 * exact_logistic(2 * x) * exact_logistic(-2 * x));
    case Kind::silu: return gated(exact_logistic(x), exact_logistic(x) * exact_logistic(-x));
    case Kind::gelu:
      return gated(std::erfc(-x / std::sqrt(2.0L)) / 2, std::exp(-x * x / 2) / std::sqrt(2 * 3.14159265358979323846264338327950288L));
    case Kind::gelu_tanh: {
      const long double z = gelu_tanh_argument(x), dz = std::sqrt(8 / 3.14159265358979323846264338327950288L) * (1 + 3 * 0.044715L * x * x);
      return gated(exact_logistic(z), exact_logistic(z) * exact_logistic(-z) * dz);
    }
  }
  return single(0);
}

/// |computed − exact| ≤ activation_error · |exact|: 4 units in the last place of Sigmoid, Tanh and SiLU, one of LeakyReLU. The exponents of
/// both GELUs are computed, u² with u = x/√2 and z: rounding one changes its power as many times as much as the exponent is large, and
/// rounding u twice as many times.
template <class T>
double activation_error(taut::Activation activation, double x) {
  using Kind = taut::Activation::Kind;
  const double unit = static_cast<double>(std::numeric_limits<T>::epsilon());
  switch (activation.kind) {
    case Kind::identity:
    case Kind::relu: return 0;
    case Kind::leaky_relu: return unit;
    case Kind::gelu: return (6 + x * x) * unit;
    case Kind::gelu_tanh: return 4 * (1 + std::abs(static_cast<double>(gelu_tanh_argument(static_cast<long double>(x))))) * unit;
    default: return 4 * unit;
  }
}

/// Beside that, a gate that is no normal number any more has fewer digits; x is as many times as large.
template <class T>
double activation_bound(taut::Activation activation, double x) {
  return activation_error<T>(activation, x) * std::abs(static_cast<double>(exact_activation(activation, static_cast<long double>(x)))) +
         static_cast<double>(std::numeric_limits<T>::denorm_min()) * (activation.gated() ? 1 + std::abs(x) : 1);
}

}  // namespace ops
