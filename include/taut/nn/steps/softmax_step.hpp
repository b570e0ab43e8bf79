/// SoftmaxStep: softmax or its logarithm, over a vector's features or the channels of each pixel.
#pragma once

#include "taut/device/device.hpp"
#include "taut/nn/plan.hpp"
#include "taut/nn/step_memory.hpp"

namespace taut {

template <class Net, StepSpan Span>
struct SoftmaxStep {
  static constexpr Shape shape = Net::plan.layers[Span.first].input;
  static constexpr index_t classes = shape.d0, pixels = shape.size() / classes;
  static constexpr bool logarithm = Net::template layer<Span.first>::logarithm;

  template <class T, class D>
  static index_t workspace(D&, index_t) {
    static_assert(SoftmaxKernels<D, T>,
                  "this device has no softmax kernels (softmax, log_softmax, softmax_backward, log_softmax_backward)");
    return 0;
  }

  template <class D, class T>
  static void forward(D& device, const StepMemory<T>& memory, Mode) {
    if constexpr (logarithm) {
      device.template log_softmax<T>(memory.rows * pixels, classes, memory.x, memory.y);
    } else {
      device.template softmax<T>(memory.rows * pixels, classes, memory.x, memory.y);
    }
  }

  template <class D, class T>
  static void backward(D& device, const StepMemory<T>& memory) {
    if (memory.dx == nullptr) return;
    if constexpr (logarithm) {
      device.template log_softmax_backward<T>(memory.rows * pixels, classes, memory.y, memory.dy, memory.dx);
    } else {
      device.template softmax_backward<T>(memory.rows * pixels, classes, memory.y, memory.dy, memory.dx);
    }
  }
};

}  // namespace taut
