/// PlainStep: a layer that computes the same in training and in inference, and keeps nothing but its input for its way back.
#pragma once

#include "taut/nn/plan.hpp"
#include "taut/nn/step_memory.hpp"

namespace taut {

/// `Calls<Net, Index>` says which kernels of the device are meant: `workspace`, `forward` and `backward`, and whether it `computes`
/// anything. `parameters` and `gradients` begin with the layer's own.
template <class Net, StepSpan Span, template <class, index_t> class Calls>
struct PlainStep {
  using PlainKernels = Calls<Net, Span.first>;
  static constexpr const auto& layer = Net::plan.layers[Span.first];

  template <class T>
  static index_t workspace(auto& device, index_t rows) {
    return PlainKernels::template workspace<T>(device, rows);
  }

  template <class D, class T>
  static void forward(D& device, const StepMemory<T>& memory, Mode) {
    PlainKernels::template forward<T>(device, memory.rows, memory.x, memory.parameters + layer.parameter_offset, memory.y);
  }

  template <class D, class T>
  static void backward(D& device, const StepMemory<T>& memory) {
    if (memory.dx == nullptr && layer.tensors.count == 0) return;
    PlainKernels::template backward<T>(device, memory.rows, memory.x, memory.dy, memory.parameters + layer.parameter_offset,
                                       memory.gradients + layer.parameter_offset, memory.dx, memory.workspace);
  }
};

}  // namespace taut
