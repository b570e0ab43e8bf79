/// Optimizer steps by their definition.
#pragma once

#include <algorithm>
#include <cmath>

#include "taut/device/device.hpp"

namespace taut::kernels::reference {

/// https://pytorch.org/docs/stable/generated/torch.optim.Adam.html and AdamW.html
template <class T>
void adam_step(index_t count,
               T* parameters,       // (count)
               const T* gradients,  // (count)
               T* first,            // (count), the gradient's running mean
               T* second,           // (count), its square's
               const AdamStep& s) {
  const double correction1 = 1 - std::pow(s.beta1, static_cast<double>(s.step));
  const double correction2 = 1 - std::pow(s.beta2, static_cast<double>(s.step));
  for (index_t i = 0; i < count; ++i) {
    double parameter = static_cast<double>(parameters[i]), gradient = static_cast<double>(gradients[i]);
    if (s.decoupled) {
      parameter -= s.learning_rate * s.weight_decay * parameter;
    } else {
      gradient += s.weight_decay * parameter;
    }
    const double m = s.beta1 * static_cast<double>(first[i]) + (1 - s.beta1) * gradient;
    const double v = s.beta2 * static_cast<double>(second[i]) + (1 - s.beta2) * gradient * gradient;
    parameter -= s.learning_rate / correction1 * m / (std::sqrt(v / correction2) + s.eps);
    first[i] = static_cast<T>(m);
    second[i] = static_cast<T>(v);
    parameters[i] = static_cast<T>(parameter);
  }
}

/// https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
template <class T>
void sgd_step(index_t count,
              T* parameters,       // (count)
              const T* gradients,  // (count)
              T* velocity,         // (count); null where momentum is 0
              const SgdStep& s) {
  for (index_t i = 0; i < count; ++i) {
    double gradient = static_cast<double>(gradients[i]) + s.weight_decay * static_cast<double>(parameters[i]);
    if (velocity != nullptr) {
      const double v = s.step == 1 ? gradient : s.momentum * static_cast<double>(velocity[i]) + (1 - s.dampening) * gradient;
      velocity[i] = static_cast<T>(v);
      gradient = s.nesterov ? gradient + s.momentum * v : v;
    }
    parameters[i] = static_cast<T>(static_cast<double>(parameters[i]) - s.learning_rate * gradient);
  }
}

/// https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html; a variance that rounding made negative counts as 0.
template <class T>
void rmsprop_step(index_t count,
                  T* parameters,       // (count)
                  const T* gradients,  // (count)
                  T* square,           // (count), the gradient's running mean square
                  T* mean,             // (count), its running mean; null unless centered
                  T* velocity,         // (count); null where momentum is 0
                  const RMSpropStep& s) {
  for (index_t i = 0; i < count; ++i) {
    const double gradient = static_cast<double>(gradients[i]) + s.weight_decay * static_cast<double>(parameters[i]);
    double variance = s.alpha * static_cast<double>(square[i]) + (1 - s.alpha) * gradient * gradient;
    square[i] = static_cast<T>(variance);
    if (mean != nullptr) {
      const double m = s.alpha * static_cast<double>(mean[i]) + (1 - s.alpha) * gradient;
      mean[i] = static_cast<T>(m);
      variance = std::max(variance - m * m, 0.0);
    }
    double update = gradient / (std::sqrt(variance) + s.eps);
    if (velocity != nullptr) {
      update += s.momentum * static_cast<double>(velocity[i]);
      velocity[i] = static_cast<T>(update);
    }
    parameters[i] = static_cast<T>(static_cast<double>(parameters[i]) - s.learning_rate * update);
  }
}

template <class T>
double sum_of_squares(index_t count, const T* x /* (count) */) {
  double sum = 0;
  for (index_t i = 0; i < count; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return sum;
}

}  // namespace taut::kernels::reference
