/// SiLU: x / (1 + e⁻ˣ).
#pragma once

#include "taut/nn/activation_layer.hpp"

namespace taut {

/// y = x / (1 + e⁻ˣ) element by element, any shape; also called swish. Minus infinity becomes 0, the limit.
/// https://pytorch.org/docs/stable/generated/torch.nn.SiLU.html
struct SiLU : detail::ActivationLayer<Activation::silu> {
  static constexpr void name(TextBuilder& text) { text << "SiLU"; }
};

}  // namespace taut
