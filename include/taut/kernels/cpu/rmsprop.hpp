/// rmsprop: one sweep a step over flat spans of parameters.
#pragma once

#include "taut/device/device.hpp"
#include "taut/kernels/cpu/simd.hpp"
#include "taut/kernels/cpu/sweep.hpp"

namespace taut::kernels::cpu {

/// RMSprop as PyTorch defines it; a variance that rounding made negative counts as 0.
template <class T, class Threads>
void rmsprop_step(Threads& threads, index_t count,
                  T* parameters,       // (count)
                  const T* gradients,  // (count)
                  T* square,           // (count), the gradient's running mean square
                  T* mean,             // (count), its running mean; null unless centered
                  T* velocity,         // (count); null where momentum is 0
                  const RMSpropStep& s) {
  const auto all = [](double value) { return broadcast(static_cast<T>(value)); };
  const Vector<T> decay = all(s.weight_decay), alpha = all(s.alpha), rest = all(1 - s.alpha), eps = all(s.eps);
  const Vector<T> momentum = all(s.momentum), rate = all(-s.learning_rate), zero = all(0);
  sweep<T>(threads, count, [=](index_t i, auto lanes) {
    const Vector<T> parameter = load_lanes<lanes>(parameters + i);
    const Vector<T> gradient = fma(decay, parameter, load_lanes<lanes>(gradients + i));
    Vector<T> variance = fma(alpha, load_lanes<lanes>(square + i), rest * gradient * gradient);
    store_lanes<lanes>(square + i, variance);
    if (mean != nullptr) {
      const Vector<T> m = fma(alpha, load_lanes<lanes>(mean + i), rest * gradient);
      store_lanes<lanes>(mean + i, m);
      variance = max(zero, variance - m * m);
    }
    Vector<T> update = gradient / (sqrt(variance) + eps);
    if (velocity != nullptr) {
      update = fma(momentum, load_lanes<lanes>(velocity + i), update);
      store_lanes<lanes>(velocity + i, update);
    }
    store_lanes<lanes>(parameters + i, fma(rate, update, parameter));
  });
}

}  // namespace taut::kernels::cpu
