/// activation: the activations and their gradients, a vector at a time. A NaN stays one, infinity has the limit of finite numbers.
#pragma once

#include <limits>

#include "taut/core/activation.hpp"
#include "taut/core/shape.hpp"
#include "taut/kernels/cpu/exponential.hpp"
#include "taut/kernels/cpu/normal_distribution.hpp"
#include "taut/kernels/cpu/simd.hpp"
#include "taut/kernels/cpu/sweep.hpp"

namespace taut::kernels::cpu {

namespace detail {

using Kind = Activation::Kind;

/// 1/(1 + e⁻ˣ), and what it lacks to 1, both without cancellation.
template <class T>
struct Logistic {
  Vector<T> value, rest;
};

template <class T>
[[gnu::always_inline]] inline Logistic<T> logistic(Vector<T> x) {
  const Vector<T> one = broadcast(T{1}), zero = broadcast(T{0});
  const Vector<T> e = exponential<T>(min(x, zero - x)), large = one / (one + e), small = e * large;
  const auto positive = x > zero;
  return {select(positive, large, small), select(positive, small, large)};
}

template <class T>
[[gnu::always_inline]] inline Vector<T> hyperbolic_tangent(Vector<T> x) {
  const Vector<T> zero = broadcast(T{0}), e = exponential_minus_one<T>(broadcast(T{2}) * min(x, zero - x));
  const Vector<T> magnitude = (zero - e) / (broadcast(T{2}) + e);
  return select(x > zero, magnitude, zero - magnitude);
}

/// What a gated activation multiplies x with, and its derivative.
template <class T>
struct Gate {
  Vector<T> value, derivative;
};

template <Kind kind, class T>
[[gnu::always_inline]] inline Gate<T> gate(Vector<T> x) {
  if constexpr (kind == Kind::gelu) {
    const NormalDistribution<T> normal = normal_distribution<T>(x);
    return {normal.probability, normal.density};
  } else if constexpr (kind == Kind::silu) {
    const Logistic<T> s = logistic<T>(x);
    return {s.value, s.value * s.rest};
  } else {  // (1 + tanh z) / 2 is the logistic function of 2z
    constexpr long double factor = 1.59576912160573071175978423973L, cubic = 0.044715L;  // √(8/π)
    const Vector<T> square = x * x, linear = broadcast(static_cast<T>(factor));
    const Logistic<T> s = logistic<T>(x * fma(square, broadcast(static_cast<T>(factor * cubic)), linear));
    return {s.value, s.value * s.rest * fma(square, broadcast(static_cast<T>(3 * factor * cubic)), linear)};
  }
}

/// Far from zero every gate is 0 or 1; nearer, nothing overflows.
template <class T>
[[gnu::always_inline]] inline Vector<T> within_gates(Vector<T> x) {
  return max(broadcast(T{-1000}), min(broadcast(T{1000}), x));
}

template <Kind kind, class T>
[[gnu::always_inline]] inline Vector<T> activate(Vector<T> x, T negative_slope) {
  if constexpr (kind == Kind::identity) return x;
  if constexpr (kind == Kind::relu) return max(broadcast(T{0}), x);
  if constexpr (kind == Kind::leaky_relu) return select(x > broadcast(T{0}), x, x * broadcast(negative_slope));
  if constexpr (kind == Kind::sigmoid) return logistic<T>(x).value;
  if constexpr (kind == Kind::tanh) return hyperbolic_tangent<T>(x);
  if constexpr (kind >= Kind::silu) return max(broadcast(std::numeric_limits<T>::lowest()), x) * gate<kind, T>(within_gates<T>(x)).value;
}

/// dy · activation'(x).
template <Kind kind, class T>
[[gnu::always_inline]] inline Vector<T> through_activation(Vector<T> dy, Vector<T> x, T negative_slope) {
  if constexpr (kind == Kind::identity) return dy;
  if constexpr (kind == Kind::relu) return select(x > broadcast(T{0}), dy, broadcast(T{0}));
  if constexpr (kind == Kind::leaky_relu) return select(x > broadcast(T{0}), dy, dy * broadcast(negative_slope));
  if constexpr (kind == Kind::sigmoid) {
    const Logistic<T> s = logistic<T>(x);
    return dy * (s.value * s.rest);
  }
  if constexpr (kind == Kind::tanh) {
    const Logistic<T> s = logistic<T>(broadcast(T{2}) * x);
    return dy * (broadcast(T{4}) * s.value * s.rest);
  }
  if constexpr (kind >= Kind::silu) {
    const Vector<T> bounded = within_gates<T>(x);
    const Gate<T> g = gate<kind, T>(bounded);
    return dy * fma(bounded, g.derivative, g.value);
  }
}

/// The same from what the backward pass has: x where the activation is gated, else y.
template <Kind kind, class T>
[[gnu::always_inline]] inline Vector<T> through_saved(Vector<T> dy, Vector<T> saved, T negative_slope) {
  const Vector<T> one = broadcast(T{1});
  if constexpr (kind == Kind::sigmoid) return dy * (saved * (one - saved));
  if constexpr (kind == Kind::tanh) return dy * ((one - saved) * (one + saved));
  return through_activation<kind, T>(dy, saved, negative_slope);  // a piecewise linear function keeps the sign
}

template <Kind kind, class T>
void activate_rows(T* y, index_t rows, index_t columns, index_t step, T negative_slope) {
  for (index_t row = 0; row < rows; ++row, y += step) {
    index_t i = 0;
    for (; i + width<T> <= columns; i += width<T>) store_vector(y + i, activate<kind, T>(load_vector(y + i), negative_slope));
    if (i < columns) store_first(y + i, activate<kind, T>(load_first(y + i, columns - i), negative_slope), columns - i);
  }
}

}  // namespace detail

/// Calls call.operator()<kind>() with the kind of an activation that is only known when running.
template <class Call>
[[gnu::always_inline]] inline void with_kind(Activation activation, Call&& call) {
  using Kind = Activation::Kind;
  switch (activation.kind) {
    case Kind::identity: return call.template operator()<Kind::identity>();
    case Kind::relu: return call.template operator()<Kind::relu>();
    case Kind::leaky_relu: return call.template operator()<Kind::leaky_relu>();
    case Kind::sigmoid: return call.template operator()<Kind::sigmoid>();
    case Kind::tanh: return call.template operator()<Kind::tanh>();
    case Kind::silu: return call.template operator()<Kind::silu>();
    case Kind::gelu: return call.template operator()<Kind::gelu>();
    case Kind::gelu_tanh: return call.template operator()<Kind::gelu_tanh>();
  }
}

/// Whether an epilogue has to call activate_stored: ReLU is done in registers.
constexpr bool activates_stored(Activation activation) { return activation.kind > Activation::Kind::relu; }

/// y = activation(y), rows `step` elements apart: what an epilogue calls for a tile that it just stored, which the L1 cache still has. Not
/// inlined: the registers and the code of a kernel are the products'.
template <class T>
[[gnu::noinline]] void activate_stored(Activation activation, T* y, index_t rows, index_t columns, index_t step) {
  with_kind(activation, [&]<Activation::Kind kind>() {
    detail::activate_rows<kind>(y, rows, columns, step, static_cast<T>(activation.negative_slope));
  });
}

template <Activation activation, class T, class Threads>
void activation_forward(Threads& threads, index_t count,
                        const T* x,  // (count)
                        T* y) {      // (count), may be x
  constexpr T slope = static_cast<T>(activation.negative_slope);
  sweep<T>(threads, count, [=](index_t i, auto lanes) {
    store_lanes<lanes>(y + i, detail::activate<activation.kind, T>(load_lanes<lanes>(x + i), slope));
  });
}

/// dx = dy · activation'(x).
template <Activation activation, class T, class Threads>
void activation_backward(Threads& threads, index_t count,
                         const T* saved,  // (count): x where the activation is gated, else y
                         const T* dy,     // (count)
                         T* dx) {         // (count), may be dy
  constexpr T slope = static_cast<T>(activation.negative_slope);
  sweep<T>(threads, count, [=](index_t i, auto lanes) {
    store_lanes<lanes>(dx + i, detail::through_saved<activation.kind, T>(load_lanes<lanes>(dy + i), load_lanes<lanes>(saved + i), slope));
  });
}

}  // namespace taut::kernels::cpu
