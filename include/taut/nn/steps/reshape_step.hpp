/// ReshapeStep: moves elements to where another shape has them; a session leaves them where both shapes agree about their places.
#pragma once

#include "taut/device/device.hpp"
#include "taut/nn/steps/plain_step.hpp"

namespace taut {

namespace detail {

template <class Net, index_t Index>
struct ReshapeCalls {
  static constexpr const auto& layer = Net::plan.layers[Index];
  static constexpr ReshapeGeometry geometry = Net::template layer<Index>::geometry(layer.input, layer.unflattened);
  static constexpr bool computes = geometry.from_channels != geometry.to_channels;

  template <class T, class D>
  static index_t workspace(D&, index_t) {
    static_assert(ReshapeKernels<D, T>, "this device has no reshape kernel (reshape)");
    return 0;
  }
  template <class T>
  static void forward(auto& device, index_t rows, const T* x, const T* /*parameters*/, T* y) {
    device.template reshape<geometry, T>(rows, x, y);
  }
  template <class T>
  static void backward(auto& device, index_t rows, const T* /*x*/, const T* dy, const T* /*parameters*/, T* /*gradients*/, T* dx,
                       T* /*workspace*/) {
    device.template reshape<geometry.back(), T>(rows, dy, dx);
  }
};

}  // namespace detail

template <class Net, StepSpan Span>
using ReshapeStep = PlainStep<Net, Span, detail::ReshapeCalls>;

}  // namespace taut
