/// Sigmoid: 1 / (1 + e⁻ˣ).
#pragma once

#include "taut/nn/activation_layer.hpp"

namespace taut {

/// y = 1 / (1 + e⁻ˣ) element by element, any shape.
/// https://pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html
struct Sigmoid : detail::ActivationLayer<Activation::sigmoid> {
  static constexpr void name(TextBuilder& text) { text << "Sigmoid"; }
};

}  // namespace taut
