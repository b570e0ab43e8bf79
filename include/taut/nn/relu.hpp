/// ReLU: max(x, 0).
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/layer.hpp"

namespace taut {

/// y = max(x, 0) element by element, any shape; the gradient at 0 is 0.
/// https://pytorch.org/docs/stable/generated/torch.nn.ReLU.html
struct ReLU {
  static constexpr Role role = Role::activation;
  static constexpr Activation activation = Activation::relu;

  static constexpr bool accepts(Shape) { return true; }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr TensorList tensors(Shape) { return TensorList{}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }
  static constexpr void name(TextBuilder& text) { text << "ReLU"; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "any shape"; }
};

}  // namespace taut
