/// LeakyReLU: x where it is positive, a fraction of x elsewhere.
#pragma once

#include "taut/nn/activation_layer.hpp"
#include "taut/nn/options.hpp"

namespace taut {

/// y = x where x > 0, else negative_slope · x, element by element, any shape.
/// https://pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html
///
/// `LeakyReLUWith<NegativeSlope{0.2}>` or, with the default of 0.01, `LeakyReLU`. The slope is 0 or more.
template <auto... Options>
struct LeakyReLUWith
    : detail::ActivationLayer<Activation::leaky_relu(detail::option_or<NegativeSlope, Options...>(NegativeSlope{0.01}).value)> {
 private:
  static_assert((detail::one_of<decltype(Options), NegativeSlope> && ...), "LeakyReLUWith's option is NegativeSlope");
  static_assert(LeakyReLUWith::activation.negative_slope >= 0, "LeakyReLUWith takes a NegativeSlope of 0 or more");

 public:
  static constexpr void name(TextBuilder& text) { detail::write_name<Options...>(text, "LeakyReLU"); }
};

using LeakyReLU = LeakyReLUWith<>;

}  // namespace taut
