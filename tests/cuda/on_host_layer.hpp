/// OnHost: a layer of one's own whose kernels are plain C++ that a device's run() calls. It changes nothing.
#pragma once

#include "taut/core/shape.hpp"
#include "taut/core/text.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/layer_memory.hpp"

namespace taut::test {

struct OnHost {
  static constexpr Role role = Role::custom;
  static constexpr bool accepts(Shape) { return true; }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr TensorList tensors(Shape) { return {}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }
  static constexpr void name(TextBuilder& text) { text << "OnHost"; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "any shape"; }
  template <Shape In, class T>
  static void forward(auto& device, const LayerMemory<T>& memory) {
    device.run(memory.rows * In.size(), [&](index_t i) { memory.y[i] = memory.x[i]; });
  }
  template <Shape In, class T>
  static void backward(auto& device, const LayerMemory<T>& memory) {
    device.run(memory.rows * In.size(), [&](index_t i) { memory.dx[i] = memory.dy[i]; });
  }
};

}  // namespace taut::test
