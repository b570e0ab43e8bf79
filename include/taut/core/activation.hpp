/// Activation: a function of single elements. Structural, so that it may be a template argument.
#pragma once

namespace taut {

/// The activations of https://pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity that devices know.
struct Activation {
  enum class Kind { identity, relu, leaky_relu, sigmoid, tanh, silu, gelu, gelu_tanh };

  Kind kind = Kind::identity;
  double negative_slope = 0;  ///< LeakyReLU's, 0 or more

  static const Activation identity, relu, sigmoid, tanh, silu, gelu;
  static const Activation gelu_tanh;  ///< GELU by its approximation with a tanh
  static constexpr Activation leaky_relu(double negative_slope) { return {Kind::leaky_relu, negative_slope}; }

  /// Of the form x · gate(x). Such a function isn't monotone, so that it stands before a search for the largest, and its derivative needs
  /// its input. Every other one is monotone, and its derivative follows from its output.
  constexpr bool gated() const { return kind == Kind::silu || kind == Kind::gelu || kind == Kind::gelu_tanh; }

  friend constexpr bool operator==(const Activation&, const Activation&) = default;
};

inline constexpr Activation Activation::identity{};
inline constexpr Activation Activation::relu{Kind::relu};
inline constexpr Activation Activation::sigmoid{Kind::sigmoid};
inline constexpr Activation Activation::tanh{Kind::tanh};
inline constexpr Activation Activation::silu{Kind::silu};
inline constexpr Activation Activation::gelu{Kind::gelu};
inline constexpr Activation Activation::gelu_tanh{Kind::gelu_tanh};

}  // namespace taut
