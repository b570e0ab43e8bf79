/// ConvolutionStep: a convolution with its bias and, where one follows, its activation.
#pragma once

#include "taut/nn/steps/weighted_step.hpp"

namespace taut {

namespace detail {

template <auto Geometry>
struct ConvolutionCalls {
  template <class T, class D>
  static index_t workspace(D& device, index_t rows) {
    static_assert(ConvolutionKernels<D, T>, "this device has no convolution kernels (conv2d_workspace, conv2d_forward, conv2d_backward)");
    return device.template conv2d_workspace<Geometry, T>(rows);
  }
  template <class T>
  static void forward(auto& device, index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T* workspace) {
    device.template conv2d_forward<Geometry, T>(rows, x, weight, bias, activation, y, workspace);
  }
  template <class D, class T>
  static constexpr index_t prepared_size() {
    static_assert(PreparedConvolutionKernels<D, T>,
                  "this device has no kernels for prepared convolutions (conv2d_prepared_size, conv2d_prepare, conv2d_forward_prepared)");
    return D::template conv2d_prepared_size<Geometry, T>();
  }
  template <class T>
  static void prepare(auto& device, const T* weight, T* prepared) {
    device.template conv2d_prepare<Geometry, T>(weight, prepared);
  }
  template <class T>
  static void forward_prepared(auto& device, index_t rows, const T* x, const T* prepared, const T* bias, Activation activation, T* y,
                               T* workspace) {
    device.template conv2d_forward_prepared<Geometry, T>(rows, x, prepared, bias, activation, y, workspace);
  }
  template <class T>
  static void backward(auto& device, index_t rows, const T* x, const T* dy, const T* weight, T* dweight, T* dbias, T* dx, T* workspace) {
    device.template conv2d_backward<Geometry, T>(rows, x, dy, weight, dweight, dbias, dx, workspace);
  }
};

}  // namespace detail

template <class Net, StepSpan Span>
using ConvolutionStep = WeightedStep<Net, Span, detail::ConvolutionCalls>;

}  // namespace taut
