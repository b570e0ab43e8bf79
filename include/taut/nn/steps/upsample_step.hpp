/// UpsampleStep: an image of more pixels.
#pragma once

#include "taut/device/device.hpp"
#include "taut/nn/steps/plain_step.hpp"

namespace taut {

namespace detail {

template <class Net, index_t Index>
struct UpsampleCalls {
  static constexpr UpsampleGeometry geometry = Net::template layer<Index>::geometry(Net::plan.layers[Index].input);
  static constexpr bool computes = true;

  template <class T, class D>
  static index_t workspace(D&, index_t) {
    static_assert(UpsampleKernels<D, T>, "this device has no upsampling kernels (upsample_forward, upsample_backward)");
    return 0;
  }
  template <class T>
  static void forward(auto& device, index_t rows, const T* x, const T* /*parameters*/, T* y) {
    device.template upsample_forward<geometry, T>(rows, x, y);
  }
  template <class T>
  static void backward(auto& device, index_t rows, const T* /*x*/, const T* dy, const T* /*parameters*/, T* /*gradients*/, T* dx,
                       T* /*workspace*/) {
    device.template upsample_backward<geometry, T>(rows, dy, dx);
  }
};

}  // namespace detail

template <class Net, StepSpan Span>
using UpsampleStep = PlainStep<Net, Span, detail::UpsampleCalls>;

}  // namespace taut
