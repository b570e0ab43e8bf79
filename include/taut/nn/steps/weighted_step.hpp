/// WeightedStep: a layer with a weight and perhaps a bias, the Flatten before it and the activation after it, where there are any.
#pragma once

#include "taut/device/device.hpp"
#include "taut/nn/plan.hpp"
#include "taut/nn/step_memory.hpp"
#include "taut/nn/steps/activation_of.hpp"

namespace taut {

/// `Calls<geometry>` says which kernels of the device are meant: `workspace`, `forward` and `backward`.
template <class Net, StepSpan Span, template <auto Geometry> class Calls>
struct WeightedStep {
  static constexpr index_t index = Net::plan.layers[Span.first].role == Role::flatten ? Span.first + 1 : Span.first;
  using Weighted = typename Net::template layer<index>;
  static constexpr const auto& layer = Net::plan.layers[index];
  using Kernels = Calls<Weighted::geometry(layer.input)>;
  static constexpr Activation activation = detail::activation_of<Net, Span>();

  template <class T>
  static index_t workspace(auto& device, index_t rows) {
    return Kernels::template workspace<T>(device, rows);
  }

  template <class D, class T>
  static void forward(D& device, const StepMemory<T>& memory, Mode) {
    Kernels::forward(device, memory.rows, memory.x, weight(memory.parameters), bias(memory.parameters), activation, memory.y,
                     memory.workspace);
  }

  template <class D, class T>
  static void backward(D& device, const StepMemory<T>& memory) {
    if (memory.dx == nullptr && memory.frozen) return;
    if constexpr (activation != Activation::identity) {
      static_assert(ActivationKernels<D, T>, "this device has no activation kernels (activation_forward, activation_backward)");
      device.template activation_backward<activation, T>(memory.rows * layer.output.size(), memory.y, memory.dy, memory.dy);
    }
    Kernels::template backward<T>(device, memory.rows, memory.x, memory.dy, weight(memory.parameters),
                                  memory.frozen ? nullptr : weight(memory.gradients), memory.frozen ? nullptr : bias(memory.gradients),
                                  memory.dx, memory.workspace);
  }

 private:
  template <class T>
  static T* weight(T* arena) {
    return arena + layer.tensor_offset[0];
  }
  template <class T>
  static T* bias(T* arena) {
    return Weighted::has_bias ? arena + layer.tensor_offset[1] : nullptr;
  }
};

}  // namespace taut
