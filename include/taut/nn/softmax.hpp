/// Softmax and LogSoftmax: scores as probabilities, or as their logarithms.
#pragma once

#include "taut/nn/layer.hpp"

namespace taut {

namespace detail {

/// What both have in common.
template <bool Logarithm>
struct SoftmaxLayer {
  static constexpr Role role = Role::softmax;
  static constexpr bool logarithm = Logarithm;

  static constexpr bool accepts(Shape in) { return in.rank() == 1 || is_image(in); }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr TensorList tensors(Shape) { return TensorList{}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "a vector or an image"; }
};

}  // namespace detail

/// y = eˣ / Σ eˣ over the features of a vector, or over the channels at each pixel of an image (PyTorch's dim=1); the shape stays.
/// https://pytorch.org/docs/stable/generated/torch.nn.Softmax.html
/// CrossEntropy takes logits: a network that is trained with it ends without a Softmax.
struct Softmax : detail::SoftmaxLayer<false> {
  static constexpr void name(TextBuilder& text) { text << "Softmax"; }
};

/// y = x − log Σ eˣ, the logarithm of Softmax, over the same axis.
/// https://pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html
struct LogSoftmax : detail::SoftmaxLayer<true> {
  static constexpr void name(TextBuilder& text) { text << "LogSoftmax"; }
};

}  // namespace taut
