/// AveragePoolStep: the mean of each window.
#pragma once

#include "taut/device/device.hpp"
#include "taut/nn/steps/plain_step.hpp"

namespace taut {

namespace detail {

template <class Net, index_t Index>
struct AveragePoolCalls {
  static constexpr AveragePoolGeometry geometry = Net::template layer<Index>::geometry(Net::plan.layers[Index].input);
  static constexpr bool computes = true;

  template <class T, class D>
  static index_t workspace(D&, index_t) {
    static_assert(AveragePoolKernels<D, T>, "this device has no average-pooling kernels (average_pool_forward, average_pool_backward)");
    return 0;
  }
  template <class T>
  static void forward(auto& device, index_t rows, const T* x, const T* /*parameters*/, T* y) {
    device.template average_pool_forward<geometry, T>(rows, x, y);
  }
  template <class T>
  static void backward(auto& device, index_t rows, const T* /*x*/, const T* dy, const T* /*parameters*/, T* /*gradients*/, T* dx,
                       T* /*workspace*/) {
    device.template average_pool_backward<geometry, T>(rows, dy, dx);
  }
};

}  // namespace detail

template <class Net, StepSpan Span>
using AveragePoolStep = PlainStep<Net, Span, detail::AveragePoolCalls>;

}  // namespace taut
