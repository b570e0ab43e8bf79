/// Tanh: the hyperbolic tangent.
#pragma once

#include "taut/nn/activation_layer.hpp"

namespace taut {

/// y = tanh(x) element by element, any shape.
/// https://pytorch.org/docs/stable/generated/torch.nn.Tanh.html
struct Tanh : detail::ActivationLayer<Activation::tanh> {
  static constexpr void name(TextBuilder& text) { text << "Tanh"; }
};

}  // namespace taut
