/// Optimizer steps and other sweeps over flat spans of parameters. What a step has in common is computed once, in double, on the host.
#pragma once

#include <cuda_runtime.h>

#include <cmath>

#include "taut/device/device.hpp"
#include "taut/kernels/cuda/sweep.cuh"

namespace taut::kernels::cuda {

/// A step's factors as they are, or, in a graph that is replayed, where they lie in memory.
template <class Factors>
struct StepFactors {
  Factors now;
  const Factors* replayed = nullptr;
  __device__ Factors operator()() const { return replayed == nullptr ? now : *replayed; }
};

/// What an Adam step multiplies with.
template <class T>
struct AdamFactors {
  T decay;         ///< of the weights themselves, 1 where it isn't decoupled
  T penalty;       ///< weight decay that joins the gradient
  T beta1, rest1, beta2, rest2;
  T rate;          ///< learning rate / first bias correction
  T inverse_root;  ///< 1 / √ of the second one
  T eps;

  AdamFactors() = default;
  explicit AdamFactors(const AdamStep& s) {
    const double step = static_cast<double>(s.step);
    decay = static_cast<T>(s.decoupled ? 1 - s.learning_rate * s.weight_decay : 1.0);
    penalty = static_cast<T>(s.decoupled ? 0.0 : s.weight_decay);
    beta1 = static_cast<T>(s.beta1);
    rest1 = static_cast<T>(1 - s.beta1);
    beta2 = static_cast<T>(s.beta2);
    rest2 = static_cast<T>(1 - s.beta2);
    rate = static_cast<T>(s.learning_rate / (1 - std::pow(s.beta1, step)));
    inverse_root = static_cast<T>(1 / std::sqrt(1 - std::pow(s.beta2, step)));
    eps = static_cast<T>(s.eps);
  }
};

/// Four elements read and three written each.
template <class T>
struct Adam {
  StepFactors<AdamFactors<T>> factors;
  T* parameters;
  const T* gradients;
  T* first;
  T* second;
  __device__ void operator()(std::int64_t i) const {
    const AdamFactors<T> f = factors();
    const T gradient = gradients[i] + f.penalty * parameters[i];
    const T m = f.beta1 * first[i] + f.rest1 * gradient, v = f.beta2 * second[i] + f.rest2 * gradient * gradient;
    parameters[i] = parameters[i] * f.decay - f.rate * m / (sqrt(v) * f.inverse_root + f.eps);
    first[i] = m;
    second[i] = v;
  }
};

template <class T>
struct SgdFactors {
  T learning_rate, weight_decay, momentum, share;  ///< share: 1 − dampening
  bool begins, nesterov;

  SgdFactors() = default;
  explicit SgdFactors(const SgdStep& s)
      : learning_rate(static_cast<T>(s.learning_rate)), weight_decay(static_cast<T>(s.weight_decay)), momentum(static_cast<T>(s.momentum)),
        share(static_cast<T>(1 - s.dampening)), begins(s.step == 1), nesterov(s.nesterov) {}
};

/// Three elements read and two written each, or without momentum two and one.
template <class T>
struct Sgd {
  StepFactors<SgdFactors<T>> factors;
  T* parameters;
  const T* gradients;
  T* velocity;
  __device__ void operator()(std::int64_t i) const {
    const SgdFactors<T> f = factors();
    T gradient = gradients[i] + f.weight_decay * parameters[i];
    if (velocity != nullptr) {
      const T v = f.begins ? gradient : f.momentum * velocity[i] + f.share * gradient;
      velocity[i] = v;
      gradient = f.nesterov ? gradient + f.momentum * v : v;
    }
    parameters[i] -= f.learning_rate * gradient;
  }
};

template <class T>
struct RMSpropFactors {
  T learning_rate, alpha, rest, eps, weight_decay, momentum;  ///< rest: 1 − alpha

  RMSpropFactors() = default;
  explicit RMSpropFactors(const RMSpropStep& s)
      : learning_rate(static_cast<T>(s.learning_rate)), alpha(static_cast<T>(s.alpha)), rest(static_cast<T>(1 - s.alpha)),
        eps(static_cast<T>(s.eps)), weight_decay(static_cast<T>(s.weight_decay)), momentum(static_cast<T>(s.momentum)) {}
};

template <class T>
struct RMSprop {
  StepFactors<RMSpropFactors<T>> factors;
  T* parameters;
  const T* gradients;
  T* square;
  T* mean;
  T* velocity;
  __device__ void operator()(std::int64_t i) const {
    const RMSpropFactors<T> f = factors();
    const T gradient = gradients[i] + f.weight_decay * parameters[i];
    T variance = f.alpha * square[i] + f.rest * gradient * gradient;
    square[i] = variance;
    if (mean != nullptr) {
      const T m = f.alpha * mean[i] + f.rest * gradient;
      mean[i] = m;
      variance -= m * m;
      if (variance < T{}) variance = T{};  // a variance that rounding made negative
    }
    T update = gradient / (sqrt(variance) + f.eps);
    if (velocity != nullptr) {
      update += f.momentum * velocity[i];
      velocity[i] = update;
    }
    parameters[i] -= f.learning_rate * update;
  }
};

template <class T>
struct Square {
  const T* x;
  __device__ double operator()(std::int64_t i) const { return static_cast<double>(x[i]) * static_cast<double>(x[i]); }
};

template <class T>
void sum_of_squares(cudaStream_t stream, index_t count,
                    const T* x,       // (count)
                    double* partial,  // (most_sum_blocks)
                    double* sum) {    // (1)
  sum_over(stream, count, Square<T>{x}, partial, sum);
}

template <class T>
struct Scale {
  T factor;
  T* x;
  __device__ void operator()(std::int64_t i) const { x[i] *= factor; }
};

template <class T>
struct Lerp {
  T weight;
  T* average;
  const T* values;
  __device__ void operator()(std::int64_t i) const { average[i] += weight * (values[i] - average[i]); }
};

}  // namespace taut::kernels::cuda
