/// GroupNormStep: normalises groups of each sample, or all of it.
#pragma once

#include "taut/device/device.hpp"
#include "taut/nn/steps/plain_step.hpp"

namespace taut {

namespace detail {

template <class Net, index_t Index>
struct GroupNormCalls {
  using Norm = typename Net::template layer<Index>;
  static constexpr GroupNormGeometry geometry = Norm::geometry(Net::plan.layers[Index].input);
  static constexpr index_t bias_offset = aligned_offset(geometry.channels);  // the weight is the first of the layer's tensors
  static constexpr bool computes = true;

  template <class T, class D>
  static index_t workspace(D& device, index_t rows) {
    static_assert(GroupNormKernels<D, T>,
                  "this device has no group normalisation kernels (group_norm_workspace, group_norm_forward, group_norm_backward)");
    return device.template group_norm_workspace<geometry, T>(rows);
  }
  template <class T>
  static void forward(auto& device, index_t rows, const T* x, const T* parameters, T* y) {
    device.template group_norm_forward<geometry, T>(rows, x, parameters, parameters + bias_offset, Norm::eps, y);
  }
  template <class T>
  static void backward(auto& device, index_t rows, const T* x, const T* dy, const T* parameters, T* gradients, T* dx, T* workspace) {
    device.template group_norm_backward<geometry, T>(rows, x, dy, parameters, Norm::eps, dx, gradients, gradients + bias_offset, workspace);
  }
};

}  // namespace detail

template <class Net, StepSpan Span>
using GroupNormStep = PlainStep<Net, Span, detail::GroupNormCalls>;

}  // namespace taut
