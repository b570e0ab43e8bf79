/// DropoutStep: a dropout, or a Flatten that no Linear follows: memory keeps its order, so that it is a dropout of nothing.
#pragma once

#include "taut/device/device.hpp"
#include "taut/nn/plan.hpp"
#include "taut/nn/step_memory.hpp"

namespace taut {

template <class Net, StepSpan Span>
struct DropoutStep {
  static constexpr index_t percent = [] {
    if constexpr (Net::plan.layers[Span.first].role == Role::dropout) return Net::template layer<Span.first>::percent;
    return index_t{0};
  }();
  static constexpr index_t size = Net::plan.layers[Span.first].input.size();

  template <class T, class D>
  static index_t workspace(D&, index_t) {
    static_assert(DropoutKernels<D, T>, "this device has no dropout kernel (dropout)");
    return 0;
  }

  template <class D, class T>
  static void forward(D& device, const StepMemory<T>& memory, Mode mode) {
    device.template dropout<T>(memory.rows * size, memory.x, memory.y, mode == Mode::training ? percent : 0, memory.key);
  }

  template <class D, class T>
  static void backward(D& device, const StepMemory<T>& memory) {
    if (memory.dx != nullptr) device.template dropout<T>(memory.rows * size, memory.dy, memory.dx, percent, memory.key);
  }
};

}  // namespace taut
