/// optimizer: one sweep a step over flat spans of parameters.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "taut/device/device.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"
#include "taut/kernels/cpu/simd.hpp"
#include "taut/kernels/cpu/sweep.hpp"

namespace taut::kernels::cpu {

/// Adam and AdamW in PyTorch's form: p −= lr/(1 − β1^t) · m / (√v / √(1 − β2^t) + eps).
template <class T, class Threads>
void adam_step(Threads& threads, index_t count,
               T* parameters,       // (count)
               const T* gradients,  // (count)
               T* first,            // (count), the gradient's running mean
               T* second,           // (count), its square's
               const AdamStep& s) {
  const double step = static_cast<double>(s.step);
  const double correction1 = 1 - std::pow(s.beta1, step), correction2 = 1 - std::pow(s.beta2, step);
  const auto all = [](double value) { return broadcast(static_cast<T>(value)); };
  const Vector<T> beta1 = all(s.beta1), rest1 = all(1 - s.beta1), beta2 = all(s.beta2), rest2 = all(1 - s.beta2), eps = all(s.eps);
  const Vector<T> rate = all(-s.learning_rate / correction1), root = all(1 / std::sqrt(correction2));
  const Vector<T> coupled = all(s.decoupled ? 0 : s.weight_decay), shrink = all(s.decoupled ? 1 - s.learning_rate * s.weight_decay : 1);
  sweep<T>(threads, count, [=](index_t i, auto lanes) {
    Vector<T> parameter = load_lanes<lanes>(parameters + i);
    const Vector<T> gradient = fma(coupled, parameter, load_lanes<lanes>(gradients + i));
    const Vector<T> m = fma(beta1, load_lanes<lanes>(first + i), rest1 * gradient);
    const Vector<T> v = fma(beta2, load_lanes<lanes>(second + i), rest2 * gradient * gradient);
    parameter = fma(rate, m / fma(sqrt(v), root, eps), shrink * parameter);
    store_lanes<lanes>(first + i, m);
    store_lanes<lanes>(second + i, v);
    store_lanes<lanes>(parameters + i, parameter);
  });
}

/// Stochastic gradient descent as PyTorch defines it.
template <class T, class Threads>
void sgd_step(Threads& threads, index_t count,
              T* parameters,       // (count)
              const T* gradients,  // (count)
              T* velocity,         // (count); null where momentum is 0
              const SgdStep& s) {
  const auto all = [](double value) { return broadcast(static_cast<T>(value)); };
  const bool initial = s.step == 1, nesterov = s.nesterov;
  const Vector<T> decay = all(s.weight_decay), rate = all(-s.learning_rate), momentum = all(s.momentum);
  const Vector<T> added = all(1 - s.dampening);
  sweep<T>(threads, count, [=](index_t i, auto lanes) {
    const Vector<T> parameter = load_lanes<lanes>(parameters + i);
    Vector<T> gradient = fma(decay, parameter, load_lanes<lanes>(gradients + i));
    if (velocity != nullptr) {
      // The first step doesn't read what the buffer holds.
      const Vector<T> v = initial ? gradient : fma(momentum, load_lanes<lanes>(velocity + i), added * gradient);
      store_lanes<lanes>(velocity + i, v);
      gradient = nesterov ? fma(momentum, v, gradient) : v;
    }
    store_lanes<lanes>(parameters + i, fma(rate, gradient, parameter));
  });
}

/// average += weight · (values − average), as torch.lerp.
template <class T, class Threads>
void lerp(Threads& threads, index_t count,
          T* average,       // (count)
          const T* values,  // (count)
          double weight) {
  const Vector<T> share = broadcast(static_cast<T>(weight));
  sweep<T>(threads, count, [=](index_t i, auto lanes) {
    const Vector<T> old = load_lanes<lanes>(average + i);
    store_lanes<lanes>(average + i, fma(share, load_lanes<lanes>(values + i) - old, old));
  });
}

template <class T, class Threads>
void scale(Threads& threads, index_t count, T factor, T* x /* (count) */) {
  const Vector<T> all = broadcast(factor);
  sweep<T>(threads, count, [=](index_t i, auto lanes) { store_lanes<lanes>(x + i, load_lanes<lanes>(x + i) * all); });
}

/// Σ x², in double: squares of T are exact there or nearly so, and nothing overflows that T can hold.
template <class T, class Threads>
double sum_of_squares(Threads& threads, index_t count, const T* x /* (count) */) {
  constexpr index_t most_blocks = 64, lanes = 16;
  const index_t block = std::max(sweep_elements, (count + most_blocks - 1) / most_blocks);
  std::array<double, most_blocks> parts{};
  serial_or_parallel_blocks(threads, count, count, block, [&](index_t begin, index_t end, index_t i) {
    double sums[lanes]{};
    index_t j = begin;
    for (; j + lanes <= end; j += lanes) {
      for (index_t lane = 0; lane < lanes; ++lane) sums[lane] += static_cast<double>(x[j + lane]) * static_cast<double>(x[j + lane]);
    }
    for (index_t lane = 0; j < end; ++j, ++lane) sums[lane] += static_cast<double>(x[j]) * static_cast<double>(x[j]);
    for (const double sum : sums) parts[i] += sum;
  });
  double total = 0;
  for (const double part : parts) total += part;
  return total;
}

}  // namespace taut::kernels::cpu
