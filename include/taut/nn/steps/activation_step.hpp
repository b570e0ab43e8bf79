/// ActivationStep: an activation that no neighbour takes along.
#pragma once

#include "taut/device/device.hpp"
#include "taut/nn/plan.hpp"
#include "taut/nn/step_memory.hpp"
#include "taut/nn/steps/activation_of.hpp"

namespace taut {

template <class Net, StepSpan Span>
struct ActivationStep {
  static constexpr Activation activation = detail::activation_of<Net, Span>();
  static constexpr index_t size = Net::plan.layers[Span.first].input.size();

  template <class T, class D>
  static index_t workspace(D&, index_t) {
    static_assert(ActivationKernels<D, T>, "this device has no activation kernels (activation_forward, activation_backward)");
    return 0;
  }

  template <class D, class T>
  static void forward(D& device, const StepMemory<T>& memory, Mode) {
    device.template activation_forward<activation, T>(memory.rows * size, memory.x, memory.y);
  }

  template <class D, class T>
  static void backward(D& device, const StepMemory<T>& memory) {
    if (memory.dx == nullptr) return;
    const T* const saved = activation.gated() ? memory.x : memory.y;
    device.template activation_backward<activation, T>(memory.rows * size, saved, memory.dy, memory.dx);
  }
};

}  // namespace taut
