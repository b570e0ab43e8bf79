/// CustomStep: a layer that brings its own forward and backward pass.
#pragma once

#include "taut/nn/plan.hpp"
#include "taut/nn/step_memory.hpp"

namespace taut {

/// Requires of the layer the static templates `workspace<Input, T>(device, rows)`, `forward<Input>(device, memory, layer_plan, mode)` and
/// `backward<Input>(device, memory, layer_plan)`.
template <class Net, StepSpan Span>
struct CustomStep {
  using Custom = typename Net::template layer<Span.first>;
  static constexpr const LayerPlan& layer = Net::plan.layers[Span.first];

  template <class T>
  static index_t workspace(auto& device, index_t rows) {
    return Custom::template workspace<layer.input, T>(device, rows);
  }

  template <class D, class T>
  static void forward(D& device, const StepMemory<T>& memory, Mode mode) {
    Custom::template forward<layer.input>(device, memory, layer, mode);
  }

  template <class D, class T>
  static void backward(D& device, const StepMemory<T>& memory) {
    Custom::template backward<layer.input>(device, memory, layer);
  }
};

}  // namespace taut
