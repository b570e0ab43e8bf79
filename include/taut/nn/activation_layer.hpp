/// ActivationLayer: what all activations have in common.
#pragma once

#include "taut/core/activation.hpp"
#include "taut/nn/layer.hpp"

namespace taut::detail {

/// Lacks only a name.
template <Activation Function>
struct ActivationLayer {
  static constexpr Role role = Function.gated() ? Role::gated_activation : Role::activation;
  static constexpr Activation activation = Function;

  static constexpr bool accepts(Shape) { return true; }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr TensorList tensors(Shape) { return TensorList{}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "any shape"; }
};

}  // namespace taut::detail
