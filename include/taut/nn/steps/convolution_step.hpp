/// ConvolutionStep: a convolution with its bias and, where one follows, its activation.
#pragma once

#include "taut/nn/steps/weighted_step.hpp"

namespace taut {

namespace detail {

template <auto Geometry>
struct ConvolutionCalls {
  template <class D, class T>
  static constexpr index_t workspace(index_t rows) {
    static_assert(ConvolutionKernels<D, T>,
                  "this device has no convolution kernels (conv2d_workspace, conv2d_forward, conv2d_backward_input, conv2d_backward_weight)");
    return D::template conv2d_workspace<Geometry, T>(rows);
  }
  template <class T>
  static void forward(auto& device, index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T* workspace) {
    device.template conv2d_forward<Geometry, T>(rows, x, weight, bias, activation, y, workspace);
  }
  template <class T>
  static void backward_input(auto& device, index_t rows, const T* dy, const T* weight, T* dx, T* workspace) {
    device.template conv2d_backward_input<Geometry, T>(rows, dy, weight, dx, workspace);
  }
  template <class T>
  static void backward_weight(auto& device, index_t rows, const T* x, const T* dy, T* dweight, T* dbias, T* workspace) {
    device.template conv2d_backward_weight<Geometry, T>(rows, x, dy, dweight, dbias, workspace);
  }
};

}  // namespace detail

template <class Net, StepSpan Span>
using ConvolutionStep = WeightedStep<Net, Span, detail::ConvolutionCalls>;

}  // namespace taut
