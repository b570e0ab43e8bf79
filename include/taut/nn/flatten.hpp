/// Flatten: an image as a vector.
#pragma once

#include "taut/nn/layer.hpp"

namespace taut {

/// (C, H, W) → (C·H·W). https://pytorch.org/docs/stable/generated/torch.nn.Flatten.html
/// Logically the features are in PyTorch's order, channels outermost; in memory they stay channels last, and the next Linear's weights are
/// permuted where they are imported or exported.
struct Flatten {
  static constexpr Role role = Role::flatten;

  static constexpr bool accepts(Shape) { return true; }
  static constexpr Shape output_shape(Shape in) { return {in.size()}; }
  static constexpr TensorList tensors(Shape) { return TensorList{}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }
  static constexpr void name(TextBuilder& text) { text << "Flatten"; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "any shape"; }
};

}  // namespace taut
