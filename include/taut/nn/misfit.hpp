/// Misfit: the sentences about a class that is no layer, and about a layer that doesn't accept the shape that reaches it.
#pragma once

#include "taut/core/diagnostics.hpp"
#include "taut/core/type_name.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/layer_path.hpp"

namespace taut::diagnostics {

/// There is no layer before the first.
struct input_of_network {
  static constexpr void name(TextBuilder& text) { text << "the input"; }
};

/// What there is to say about layer number `Index` of the flat list, at `Path`, which got the shape `Got` from the layer `Previous`; of a
/// join, whose other branches don't go together with its first one's shape `FirstBranch`.
template <class X, class Previous, Shape Got, index_t Index, LayerPath Path, Shape FirstBranch>
struct misfit {
  using Layer = X;
  static constexpr Shape received = Got;
  static constexpr index_t index = Index;

  static constexpr TextBuilder who() {
    TextBuilder text;
    X::name(text);
    return text;
  }
  static constexpr TextBuilder wanted() {
    TextBuilder text;
    text << "expects ";
    if constexpr (ends_branches(X::role)) {
      X::expects_branches(FirstBranch, Got, text);
    } else if (out_of_order) {
      text << "channels outermost";
    } else {
      X::expects(Got, text);
    }
    return text;
  }
  static constexpr TextBuilder got() {
    TextBuilder text;
    text << "but got " << Got;
    return text;
  }
  static constexpr TextBuilder where() {
    TextBuilder text;
    text << "layer " << Path.view() << ", after ";
    Previous::name(text);
    return text;
  }
  static constexpr TextBuilder advice() {
    TextBuilder text;
    if (out_of_order) {
      text << "Flatten leaves them innermost: say keeps_order, or stand before it or behind a Linear";
    } else if constexpr (HasHint<X>) {
      X::hint(Got, text);
    }
    if constexpr (X::role == Role::add) X::hint_branches(FirstBranch, Got, text);
    return text;
  }

 private:
  /// A layer of one's own that accepts the shape, but not a flattened image's order.
  static constexpr bool out_of_order = X::role == Role::custom && X::accepts(Got);
};

/// What the class `X`, number `Index` of a network, lacks to be a layer.
template <class X, index_t Index>
struct not_a_layer {
  using Layer = X;
  static constexpr Shape received{};
  static constexpr index_t index = Index;

  static constexpr TextBuilder who() { return say(type_name<X>()); }
  static constexpr TextBuilder wanted() { return say("is no layer:"); }
  static constexpr TextBuilder got() {
    if (!requires { { X::role } -> std::convertible_to<Role>; }) return say("it lacks a role");
    if (!requires(Shape in) { { X::accepts(in) } -> std::same_as<bool>; }) return say("it lacks accepts(Shape)");
    if (!requires(Shape in) { { X::output_shape(in) } -> std::same_as<Shape>; }) return say("it lacks output_shape(Shape)");
    if (!requires(Shape in) { { X::tensors(in) } -> std::same_as<TensorList>; }) return say("it lacks tensors(Shape)");
    if (!requires(Shape in) { { X::multiply_adds(in) } -> std::same_as<index_t>; }) return say("it lacks multiply_adds(Shape)");
    if (!requires(TextBuilder& text) { X::name(text); }) return say("it lacks name(TextBuilder&)");
    return say("it lacks expects(Shape, TextBuilder&)");
  }
  static constexpr TextBuilder where() {
    TextBuilder text;
    text << "layer " << Index;
    return text;
  }
  static constexpr TextBuilder advice() { return say("see Layer in taut/nn/layer.hpp"); }

 private:
  static constexpr TextBuilder say(std::string_view words) {
    TextBuilder text;
    text << words;
    return text;
  }
};

}  // namespace taut::diagnostics
