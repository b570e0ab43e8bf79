/// Layer: what a layer's description has to say. Descriptions are stateless types: no device, no memory.
#pragma once

#include <concepts>

#include "taut/core/shape.hpp"
#include "taut/core/text.hpp"

namespace taut {

/// What a layer does, as far as its neighbours need to know in order to melt with it into one step.
enum class Role {
  custom,
  convolution,
  transposed_convolution,
  linear,
  normalization,     ///< by the batch's statistics
  activation,        ///< its gradient follows from its output
  gated_activation,  ///< its gradient needs its input
  pooling,           ///< the largest of a window
  softmax,
  dropout,
  flatten,
  average_pooling,
  group_normalization,  ///< by the statistics of a part of the sample, or all of it
  reshape,
  upsampling,
  fork,         ///< from here on several branches read the same values; what follows is the first of them
  next_branch,  ///< what follows reads what the fork read
  add,          ///< ends the branches: the sum of what they give
  concatenate,  ///< ends the branches: their channels one behind the other
};

/// Marks where branches begin or end; a network that has none is a chain.
constexpr bool begins_branch(Role role) { return role == Role::fork || role == Role::next_branch; }
constexpr bool ends_branches(Role role) { return role == Role::add || role == Role::concatenate; }

/// Whether what comes out of a layer lies in the order of what went in, whatever that order is.
constexpr bool keeps_order(Role role) {
  return role == Role::activation || role == Role::gated_activation || role == Role::softmax || role == Role::dropout ||
         role == Role::flatten || role == Role::normalization || role == Role::group_normalization || begins_branch(role) ||
         ends_branches(role);
}

/// Likewise, of the layer `X`: one of one's own says `static constexpr bool keeps_order = true`.
template <class X>
constexpr bool layer_keeps_order() {
  if constexpr (X::role == Role::custom && requires { X::keeps_order; }) return X::keeps_order;
  return keeps_order(X::role);
}

/// How a tensor lies in memory, seen from its PyTorch shape.
enum class Order {
  same,              ///< as PyTorch has it
  convolution,       ///< (out, in, kh, kw) there, (kh, kw, in, out) here: lanes of SIMD are output channels
  linear,            ///< (out, in) there, (in, out) here; inputs that were an image are (height, width, channels) here
  sample,            ///< as the layer's input: (channels, height, width) there, (height, width, channels) here, flattened or not
};

/// Where a tensor's first values come from.
struct Initialization {
  double low = 0, high = 0;  ///< uniform in [low, high); a constant where they are equal
};

/// A tensor that a layer owns: a parameter, or a buffer that isn't trained.
struct TensorSpec {
  const char* name = "";  ///< PyTorch's name within the layer
  Shape shape{};          ///< PyTorch's shape
  Order order = Order::same;
  Initialization initialization{};
  bool trainable = true;
};

/// The tensors of one layer: parameters first, then buffers.
struct TensorList {
  static constexpr index_t capacity = 4;
  TensorSpec specs[capacity]{};
  index_t count = 0;

  constexpr TensorList() = default;

  constexpr void add(TensorSpec spec) { specs[count++] = spec; }

  constexpr index_t parameter_count() const {
    index_t elements = 0;
    for (index_t i = 0; i < count; ++i) elements += specs[i].trainable ? specs[i].shape.size() : 0;
    return elements;
  }
};

/// A stateless description of one step of a network: what it accepts, what comes out, what it owns, what it costs, what it is called.
/// `output_shape`, `tensors` and `multiply_adds` are asked only about shapes that the layer accepts.
template <class X>
concept Layer = requires(Shape in, TextBuilder& text) {
  { X::role } -> std::convertible_to<Role>;
  { X::accepts(in) } -> std::same_as<bool>;
  { X::output_shape(in) } -> std::same_as<Shape>;
  { X::tensors(in) } -> std::same_as<TensorList>;
  { X::multiply_adds(in) } -> std::same_as<index_t>;
  X::name(text);
  X::expects(in, text);  // completes "<name> expects …", given the shape that doesn't fit
};

/// A layer that has a word of advice for a shape that it doesn't accept.
template <class X>
concept HasHint = requires(Shape in, TextBuilder& text) { X::hint(in, text); };

}  // namespace taut
