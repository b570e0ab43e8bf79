/// ConvolutionStep: a convolution with its bias and, where one follows, its activation.
#pragma once

#include "taut/device/device.hpp"
#include "taut/nn/plan.hpp"
#include "taut/nn/step_memory.hpp"
#include "taut/nn/steps/activation_of.hpp"

namespace taut {

template <class Net, StepSpan Span>
struct ConvolutionStep {
  using Convolution = typename Net::template layer<Span.first>;
  static constexpr const LayerPlan& layer = Net::plan.layers[Span.first];
  static constexpr Conv2dGeometry geometry = Convolution::geometry(layer.input);
  static constexpr Activation activation = detail::activation_of<Net, Span>();
  static constexpr NormPoolGeometry activation_geometry = detail::activation_geometry(layer.output, activation);

  template <class D, class T>
  static constexpr index_t workspace(index_t rows) {
    static_assert(ConvolutionKernels<D, T>, "this device has no convolution kernels (conv2d_workspace, conv2d_forward, conv2d_backward_input, conv2d_backward_weight)");
    return D::template conv2d_workspace<geometry, T>(rows);
  }

  template <class D, class T>
  static void forward(D& device, const StepMemory<T>& memory, Mode) {
    device.template conv2d_forward<geometry, T>(memory.rows, memory.x, memory.parameters + layer.tensor_offset[0], bias(memory.parameters),
                                                activation, memory.y, memory.workspace);
  }

  template <class D, class T>
  static void backward(D& device, const StepMemory<T>& memory) {
    if constexpr (activation != Activation::identity) {
      device.template norm_pool_backward<activation_geometry, T>(memory.rows, memory.y, memory.dy, nullptr, {}, memory.dy, nullptr,
                                                                 nullptr, memory.workspace);
    }
    device.template conv2d_backward_weight<geometry, T>(memory.rows, memory.x, memory.dy, memory.gradients + layer.tensor_offset[0],
                                                        bias(memory.gradients), memory.workspace);
    if (memory.dx == nullptr) return;
    device.template conv2d_backward_input<geometry, T>(memory.rows, memory.dy, memory.parameters + layer.tensor_offset[0], memory.dx,
                                                       memory.workspace);
  }

 private:
  template <class T>
  static T* bias(T* arena) {
    return Convolution::has_bias ? arena + layer.tensor_offset[1] : nullptr;
  }
};

}  // namespace taut
