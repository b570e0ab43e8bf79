/// Plan: everything about a network that is known before it runs, as data from one constexpr pass over its layers.
#pragma once

#include <type_traits>

#include "taut/core/shape.hpp"
#include "taut/nn/block.hpp"
#include "taut/nn/fuse.hpp"
#include "taut/nn/layer.hpp"

namespace taut {

/// Offsets inside the arenas are multiples of this many elements: 64 bytes of float.
inline constexpr index_t offset_step = 16;

constexpr index_t aligned_offset(index_t elements) { return (elements + offset_step - 1) / offset_step * offset_step; }

/// One layer's place in the network. Offsets count elements in the flat arenas of parameters and buffers.
struct LayerPlan {
  Role role = Role::custom;
  Shape input{}, output{};
  TensorList tensors{};
  index_t tensor_offset[TensorList::capacity]{};  ///< in the parameters' arena where it is trainable, else in the buffers'
  index_t parameter_offset = 0, buffer_offset = 0;
  index_t multiply_adds = 0;
  Shape unflattened{};  ///< the image behind an input vector that still lies channels last; no axes where there is none
};

/// A whole network of `Depth` layers; `steps` of them after fusion.
template <index_t Depth>
struct Plan {
  LayerPlan layers[Depth]{};
  StepSpan steps[Depth]{};
  index_t step_count = 0;
  Shape input{}, output{};
  Shape unflattened_output{};                       ///< as LayerPlan::unflattened, for the network's output
  index_t parameter_count = 0;                      ///< as PyTorch counts them
  index_t parameter_elements = 0, buffer_elements = 0;  ///< of the arenas, alignment included
  index_t multiply_adds = 0;                        ///< one sample, forward
  index_t first_misfit = Depth;                     ///< the layer that doesn't accept its input; Depth where all do
};

namespace detail {

/// Whether a vector's elements lie behind such a layer as they lay before it.
constexpr bool keeps_order(Role role) {
  return role == Role::activation || role == Role::dropout || role == Role::flatten || role == Role::normalization ||
         role == Role::group_normalization;
}

/// Shapes and offsets, layer by layer. Stops at the first misfit.
template <class... Layers>
constexpr auto plan_layers(Shape input, LayerList<Layers...>) {
  Plan<sizeof...(Layers)> plan;
  plan.input = input;
  Shape shape = input, unflattened{};
  index_t index = 0;
  auto visit = [&]<class X>(std::type_identity<X>) {
    if (!X::accepts(shape)) {
      plan.first_misfit = index;
      plan.layers[index].input = shape;
      return false;
    }
    LayerPlan& layer = plan.layers[index++];
    layer.role = X::role;
    layer.input = shape;
    layer.output = X::output_shape(shape);
    layer.tensors = X::tensors(shape);
    layer.multiply_adds = X::multiply_adds(shape);
    layer.unflattened = unflattened;
    layer.parameter_offset = plan.parameter_elements;
    layer.buffer_offset = plan.buffer_elements;
    for (index_t i = 0; i < layer.tensors.count; ++i) {
      index_t& arena = layer.tensors.specs[i].trainable ? plan.parameter_elements : plan.buffer_elements;
      layer.tensor_offset[i] = arena;
      arena += aligned_offset(layer.tensors.specs[i].shape.size());
    }
    plan.parameter_count += layer.tensors.parameter_count();
    plan.multiply_adds += layer.multiply_adds;
    if (X::role == Role::flatten && lies_channels_last(shape)) {
      unflattened = shape;
    } else if (!keeps_order(X::role)) {
      unflattened = {};
    }
    shape = layer.output;
    return true;
  };
  (void)(visit(std::type_identity<Layers>{}) && ...);  // a fold, not a recursion: 200 layers cost what 16 do
  plan.output = shape;
  plan.unflattened_output = unflattened;
  return plan;
}

/// Groups the layers into steps.
template <index_t Depth>
constexpr void plan_steps(Plan<Depth>& plan) {
  Role roles[Depth + 1]{};
  for (index_t i = 0; i < Depth; ++i) roles[i] = plan.layers[i].role;
  for (index_t first = 0; first < Depth;) {
    const index_t count = fused_count(roles, first);
    plan.steps[plan.step_count++] = {first, count};
    first += count;
  }
}

}  // namespace detail

/// The plan of a flat list of layers behind an input shape; an empty one where a class is no layer, which others have to report.
template <class... Layers>
constexpr auto make_plan(Shape input, detail::LayerList<Layers...> layers) {
  if constexpr ((Layer<Layers> && ...)) {
    auto plan = detail::plan_layers(input, layers);
    if (plan.first_misfit == sizeof...(Layers)) detail::plan_steps(plan);
    return plan;
  } else {
    return Plan<sizeof...(Layers)>{};
  }
}

}  // namespace taut
