/// activation_of: the activation that ends a step, and the kernel geometry of one.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/plan.hpp"

namespace taut::detail {

/// The activation among a step's layers; identity where there is none.
template <class Net, StepSpan Span>
constexpr Activation activation_of() {
  Activation found = Activation::identity;
  auto look = [&]<index_t... Offset>(std::index_sequence<Offset...>) {
    auto at = [&]<index_t Index>() {
      constexpr Role role = Net::plan.layers[Index].role;
      if constexpr (role == Role::activation || role == Role::gated_activation) found = Net::template layer<Index>::activation;
    };
    (at.template operator()<Span.first + Offset>(), ...);
  };
  look(std::make_index_sequence<Span.count>{});
  return found;
}

/// A shape as rows of pixels and channels; a vector is one pixel.
constexpr NormPoolGeometry activation_geometry(Shape shape, Activation activation) {
  const bool image = is_image(shape);
  return {.channels = image ? shape.d0 : shape.size(), .in_height = image ? shape.d1 : 1, .in_width = image ? shape.d2 : 1,
          .normalize = false, .activation = activation, .vertical = {}, .horizontal = {}};
}

}  // namespace taut::detail
