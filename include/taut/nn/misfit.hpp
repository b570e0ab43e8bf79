/// Misfit: the sentence about a layer that doesn't accept the shape that reaches it.
#pragma once

#include "taut/core/diagnostics.hpp"
#include "taut/nn/layer.hpp"

namespace taut::diagnostics {

/// There is no layer before the first.
struct network_input {
  static constexpr void name(TextBuilder& text) { text << "the network's input"; }
};

/// What there is to say about layer number `Index`, which got the shape `Got` from the layer `Previous`.
template <class X, class Previous, Shape Got, index_t Index>
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
    X::expects(Got, text);
    return text;
  }
  static constexpr TextBuilder got() {
    TextBuilder text;
    text << "but got " << Got;
    return text;
  }
  static constexpr TextBuilder where() {
    TextBuilder text;
    text << "layer " << Index << ", after ";
    Previous::name(text);
    return text;
  }
  static constexpr TextBuilder advice() {
    TextBuilder text;
    if constexpr (HasHint<X>) X::hint(Got, text);
    return text;
  }
};

}  // namespace taut::diagnostics
