/// ReLU: max(x, 0).
#pragma once

#include "taut/nn/activation_layer.hpp"

namespace taut {

/// y = max(x, 0) element by element, any shape; the gradient at 0 is 0.
/// https://pytorch.org/docs/stable/generated/torch.nn.ReLU.html
struct ReLU : detail::ActivationLayer<Activation::relu> {
  static constexpr void name(TextBuilder& text) { text << "ReLU"; }
};

}  // namespace taut
