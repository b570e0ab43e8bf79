/// Dropout: zeroes elements at random while training.
#pragma once

#include "taut/nn/layer.hpp"

namespace taut {

/// In training each element is zeroed with probability Percent/100 and the others are divided by 1 − Percent/100; in inference nothing
/// happens. https://pytorch.org/docs/stable/generated/torch.nn.Dropout.html (a percentage, because clang before 18 takes no floating
/// template arguments). The mask is a function of the model's seed, the training step and the element's place: it is never stored.
template <index_t Percent>
struct Dropout {
  static_assert(Percent < 100, "Dropout takes a percentage below 100");

  static constexpr Role role = Role::dropout;
  static constexpr index_t percent = Percent;

  static constexpr bool accepts(Shape) { return true; }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr TensorList tensors(Shape) { return TensorList{}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }
  static constexpr void name(TextBuilder& text) { text << "Dropout<" << Percent << ">"; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "any shape"; }
};

}  // namespace taut
