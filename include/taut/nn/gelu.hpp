/// GELU: x · Φ(x), with the distribution function of the standard normal distribution.
#pragma once

#include "taut/nn/activation_layer.hpp"
#include "taut/nn/options.hpp"

namespace taut {

/// y = x · Φ(x) = x · (1 + erf(x/√2)) / 2 element by element, any shape. Minus infinity becomes 0, the limit.
/// https://pytorch.org/docs/stable/generated/torch.nn.GELU.html
///
/// `GELU`, or `GELUWith<ApproximateTanh{}>` for y = x · (1 + tanh(√(2/π) · (x + 0.044715·x³))) / 2, PyTorch's approximate='tanh'.
template <auto... Options>
struct GELUWith : detail::ActivationLayer<detail::has_option<ApproximateTanh, Options...> ? Activation::gelu_tanh : Activation::gelu> {
  static_assert((detail::one_of<decltype(Options), ApproximateTanh> && ...), "GELUWith's option is ApproximateTanh");

  static constexpr void name(TextBuilder& text) { detail::write_name<Options...>(text, "GELU"); }
};

using GELU = GELUWith<>;

}  // namespace taut
