/// LinearStep: a linear layer with its bias, the Flatten before it and the activation after it, where there are any.
#pragma once

#include "taut/nn/steps/weighted_step.hpp"

namespace taut {

namespace detail {

template <auto Geometry>
struct LinearCalls {
  template <class D, class T>
  static constexpr index_t workspace(index_t rows) {
    static_assert(LinearKernels<D, T>,
                  "this device has no linear kernels (linear_workspace, linear_forward, linear_backward_input, linear_backward_weight)");
    return D::template linear_workspace<Geometry, T>(rows);
  }
  template <class T>
  static void forward(auto& device, index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T* workspace) {
    device.template linear_forward<Geometry, T>(rows, x, weight, bias, activation, y, workspace);
  }
  template <class T>
  static void backward_input(auto& device, index_t rows, const T* dy, const T* weight, T* dx, T* workspace) {
    device.template linear_backward_input<Geometry, T>(rows, dy, weight, dx, workspace);
  }
  template <class T>
  static void backward_weight(auto& device, index_t rows, const T* x, const T* dy, T* dweight, T* dbias, T* workspace) {
    device.template linear_backward_weight<Geometry, T>(rows, x, dy, dweight, dbias, workspace);
  }
};

}  // namespace detail

template <class Net, StepSpan Span>
using LinearStep = WeightedStep<Net, Span, detail::LinearCalls>;

}  // namespace taut
