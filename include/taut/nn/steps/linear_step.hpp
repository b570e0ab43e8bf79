/// LinearStep: a linear layer with its bias, the Flatten before it and the activation after it, where there are any.
#pragma once

#include <algorithm>

#include "taut/nn/steps/weighted_step.hpp"

namespace taut {

namespace detail {

template <auto Geometry>
struct LinearCalls {
  template <class T, class D>
  static index_t workspace(D& device, index_t rows) {
    static_assert(LinearKernels<D, T>,
                  "this device has no linear kernels (linear_workspace, linear_forward, linear_backward_input, linear_backward_weight)");
    return device.template linear_workspace<Geometry, T>(rows);
  }
  template <class T>
  static void forward(auto& device, index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T* workspace) {
    device.template linear_forward<Geometry, T>(rows, x, weight, bias, activation, y, workspace);
  }
  template <class D, class T>
  static constexpr index_t prepared_size() {
    return Geometry.in * Geometry.out;
  }
  template <class T>
  static void prepare(auto&, const T* weight, T* prepared) {
    std::copy_n(weight, Geometry.in * Geometry.out, prepared);
  }
  template <class T>
  static void forward_prepared(auto& device, index_t rows, const T* x, const T* prepared, const T* bias, Activation activation, T* y,
                               T* workspace) {
    forward(device, rows, x, prepared, bias, activation, y, workspace);
  }
  template <class T>
  static void backward(auto& device, index_t rows, const T* x, const T* dy, const T* weight, T* dweight, T* dbias, T* dx, T* workspace) {
    if (dweight != nullptr) device.template linear_backward_weight<Geometry, T>(rows, x, dy, dweight, dbias, workspace);
    if (dx != nullptr) device.template linear_backward_input<Geometry, T>(rows, dy, weight, dx, workspace);
  }
  static constexpr index_t output_of(index_t element) { return element % Geometry.out; }
};

}  // namespace detail

template <class Net, StepSpan Span>
using LinearStep = WeightedStep<Net, Span, detail::LinearCalls>;

}  // namespace taut
