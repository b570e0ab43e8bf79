/// bce_with_logits: binary cross entropy of sigmoid(logits), each element a question of its own, and its gradient.
#pragma once

#include "taut/kernels/cpu/exponential.hpp"
#include "taut/kernels/cpu/loss_blocks.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// The next `lanes` weights of a row of channels that repeats.
template <index_t lanes, class T>
Vector<T> next_weights(const T* pos_weight, index_t channels, index_t& channel) {
  T weights[width<T>]{};
  for (index_t lane = 0; lane < lanes; ++lane) {
    weights[lane] = pos_weight[channel];
    channel = channel + 1 == channels ? 0 : channel + 1;
  }
  return load_vector(weights);
}

/// log(1 + a) for a from 0 to 1: with s = a / (2 + a) <= 1/3 it is 2·(s + s³/3 + s⁵/5 + …), of which the terms left out are below a
/// tenth of a rounding. (xsimd 8.1's log1p makes g++ 12 warn of uninitialised operands on AVX-512.)
template <class T>
Vector<T> log1p_of_fraction(Vector<T> a) {
  constexpr int terms = sizeof(T) == sizeof(float) ? 8 : 17;
  const Vector<T> s = a / (broadcast(T{2}) + a), square = s * s;
  Vector<T> sum = broadcast(T{2} / static_cast<T>(2 * terms - 1));
  for (int k = terms - 2; k >= 0; --k) sum = fma(sum, square, broadcast(T{2} / static_cast<T>(2 * k + 1)));
  return s * sum;
}

}  // namespace detail

/// With softplus(z) = log(1 + exp(z)) = max(z, 0) + log(1 + exp(−|z|)) an element costs pos_weight·t·softplus(−z) + (1 − t)·softplus(z),
/// and its slope is (1 − t)·σ(z) − pos_weight·t·σ(−z): no difference of large numbers, and nothing overflows.
template <class T, class Threads>
LossSums bce_with_logits(Threads& threads, index_t count, index_t channels,
                         const T* logits,      // (count)
                         const T* targets,     // (count)
                         const T* pos_weight,  // (channels); element i has that of channel i % channels
                         T* dlogits) {         // (count) or null: the gradient of the mean
  const Vector<T> zero = broadcast(T{0}), one = broadcast(T{1}), share = broadcast(static_cast<T>(1 / static_cast<double>(count)));
  return sum_of_loss_blocks(threads, count, [&](index_t begin, index_t end) {
    double sums[width<T>]{};
    index_t channel = begin % channels;
    const auto add = [&](index_t i, auto lanes) {
      const Vector<T> z = load_lanes<lanes>(logits + i), target = load_lanes<lanes>(targets + i);
      const Vector<T> positive = detail::next_weights<lanes>(pos_weight, channels, channel) * target, negative = one - target;
      const Vector<T> above = max(zero, z), below = max(zero, zero - z), small = exponential<T>(zero - (above + below)),
                      log = detail::log1p_of_fraction<T>(small);
      T losses[width<T>];
      store_vector(losses, fma(positive, below + log, negative * (above + log)));
      for (index_t lane = 0; lane < lanes; ++lane) sums[lane] += static_cast<double>(losses[lane]);
      if (dlogits == nullptr) return;
      const Vector<T> large = one / (one + small), rest = small * large;  // sigmoid(|z|) and sigmoid(−|z|)
      const Vector<T> at_z = select(z > zero, large, rest), at_minus_z = select(z > zero, rest, large);
      store_lanes<lanes>(dlogits + i, share * (negative * at_z - positive * at_minus_z));
    };
    index_t i = begin;
    for (; i + width<T> <= end; i += width<T>) add(i, std::integral_constant<index_t, width<T>>{});
    for (; i < end; ++i) add(i, std::integral_constant<index_t, 1>{});
    double total = 0;
    for (const double sum : sums) total += sum;
    return total;
  });
}

}  // namespace taut::kernels::cpu
