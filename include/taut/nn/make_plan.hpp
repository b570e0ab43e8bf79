/// make_plan: a network's plan, from one fold over the flat list of its layers.
#pragma once

#include <stdexcept>
#include <type_traits>

#include "taut/nn/block.hpp"
#include "taut/nn/branching.hpp"
#include "taut/nn/plan.hpp"

namespace taut {

namespace detail {

/// Visits the layers in order; shapes, offsets, names and sources follow. Stops at the first misfit.
template <index_t Depth>
class PlanBuilder {
 public:
  constexpr explicit PlanBuilder(Shape input) : shape_(input) { plan_.input = input; }

  template <class X>
  constexpr bool visit() {
    if constexpr (ends_branches(X::role)) {
      end_branch();
      if (!join<X>()) return false;
    } else if (!X::accepts(shape_) || (X::role == Role::custom && !layer_keeps_order<X>() && unflattened_ != Shape{})) {
      return misfit();
    }
    LayerPlan& layer = plan_.layers[index_];
    layer.role = X::role;
    if constexpr (X::role == Role::next_branch) end_branch();
    if constexpr (begins_branch(X::role) || ends_branches(X::role)) {
      visit_mark<X>(layer);
    } else {
      layer.path = path(next_number_[level_]++);
      layer.sources.add(last_);
      layer.input = shape_;
      layer.output = X::output_shape(shape_);
    }
    layer.tensors = X::tensors(layer.input);
    layer.multiply_adds = X::multiply_adds(layer.input);
    layer.unflattened = unflattened_;
    place_tensors(layer);
    plan_.parameter_count += layer.tensors.parameter_count();
    plan_.multiply_adds += layer.multiply_adds;
    follow_order<X>(layer);
    shape_ = layer.output;
    last_ = index_++;
    return true;
  }

  constexpr Plan<Depth> finish() {
    plan_.output = shape_;
    plan_.unflattened_output = unflattened_;
    return plan_;
  }

 private:
  /// A fork whose branches have not been joined yet, and what they have given so far.
  struct OpenFork {
    index_t layer = 0, number = 0;
    bool is_residual = false;
    Shape input{}, unflattened{};
    BranchList ends{};
    Shape shapes[most_branches]{}, unflattened_ends[most_branches]{};
  };
  static constexpr index_t most_levels = 8;

  constexpr bool misfit(Shape first_branch = {}) {
    plan_.first_misfit = index_;
    plan_.first_branch = first_branch;
    plan_.misfit_path = first_branch == Shape{} ? path(next_number_[level_]) : path(open().number, Role::next_branch);
    plan_.layers[index_].input = shape_;
    plan_.layers[index_].sources.add(last_);
    return false;
  }

  constexpr OpenFork& open() { return forks_[level_ - 1]; }

  constexpr void end_branch() {
    open().shapes[open().ends.count] = shape_;
    open().unflattened_ends[open().ends.count] = unflattened_;
    open().ends.add(last_);
    next_number_[level_] = 0;
  }

  /// What the branches give together becomes the shape; false where they don't go together.
  template <class X>
  constexpr bool join() {
    const Shape first = open().shapes[0];
    Shape joined = first;
    for (index_t i = 1; i < open().ends.count; ++i) {
      shape_ = open().shapes[i];
      if (!X::joins(shape_, first)) return misfit(first);
      joined = X::joined(joined, shape_);
    }
    // A sum keeps the order that all of its branches have; flattened images one behind the other have none that a Linear could follow.
    for (index_t i = 0; i < open().ends.count; ++i) {
      const Shape expected = X::role == Role::add ? open().unflattened_ends[0] : Shape{};
      if (open().unflattened_ends[i] != expected) return misfit(first);
    }
    shape_ = joined;
    return true;
  }

  template <class X>
  constexpr void visit_mark(LayerPlan& layer) {
    if constexpr (X::role == Role::fork) {
      if (level_ == most_levels) throw std::length_error("a network of more than 8 forks inside of one another");
      const index_t number = next_number_[level_]++;
      layer.path = path(number);
      layer.sources.add(last_);
      forks_[level_++] = {.layer = index_, .number = number, .is_residual = X::kind == BranchKind::residual, .input = shape_,
                          .unflattened = unflattened_};
      next_number_[level_] = 0;
    } else if constexpr (X::role == Role::next_branch) {
      layer.sources.add(open().layer);
      shape_ = open().input;
      unflattened_ = open().unflattened;
    } else {
      layer.sources = open().ends;
      --level_;
    }
    if constexpr (X::role != Role::fork) layer.path = path(forks_[level_ - (ends_branches(X::role) ? 0 : 1)].number, X::role);
    layer.input = layer.output = shape_;
  }

  /// A layer's path among its neighbours; a mark's and a join's is its fork's.
  constexpr LayerPath path(index_t number, Role role = Role::custom) const {
    TextBuilder text;
    const index_t levels = role == Role::next_branch ? level_ - 1 : level_;
    for (index_t i = 0; i < levels; ++i) {
      text << forks_[i].number << ".";
      if (forks_[i].is_residual) {
        text << (forks_[i].ends.count == 0 ? "main" : "shortcut");
      } else {
        text << forks_[i].ends.count;
      }
      text << ".";
    }
    text << number;
    return LayerPath{text};
  }

  constexpr void place_tensors(LayerPlan& layer) {
    layer.parameter_offset = plan_.parameter_elements;
    layer.buffer_offset = plan_.buffer_elements;
    for (index_t i = 0; i < layer.tensors.count; ++i) {
      index_t& arena = layer.tensors.specs[i].trainable ? plan_.parameter_elements : plan_.buffer_elements;
      layer.tensor_offset[i] = arena;
      arena += aligned_offset(layer.tensors.specs[i].shape.size());
    }
  }

  /// Which layers keep a flattened image's order.
  template <class X>
  constexpr void follow_order(const LayerPlan& layer) {
    if (layer.role == Role::flatten && lies_channels_last(layer.input)) {
      unflattened_ = layer.input;
    } else if (!layer_keeps_order<X>()) {
      unflattened_ = {};
    }
  }

  Plan<Depth> plan_;
  Shape shape_, unflattened_{};
  index_t index_ = 0, last_ = network_input;  // of this layer, of the one whose output it reads
  OpenFork forks_[most_levels]{};
  index_t level_ = 0, next_number_[most_levels + 1]{};
};

/// Groups the layers into steps, and leads the steps' values to their readers.
template <index_t Depth>
constexpr void plan_steps(Plan<Depth>& plan) {
  Role roles[Depth + 1]{};
  index_t step_of[Depth]{};
  for (index_t i = 0; i < Depth; ++i) roles[i] = plan.layers[i].role;
  for (index_t first = 0; first < Depth;) {
    const index_t count = fused_count(roles, first);
    for (index_t i = 0; i < count; ++i) step_of[first + i] = plan.step_count;
    plan.steps[plan.step_count++] = {first, count};
    first += count;
  }
  for (index_t s = 0; s < plan.step_count; ++s) {
    const LayerPlan& layer = plan.layers[plan.steps[s].first];
    StepEdges& edges = plan.edges[s];
    for (index_t i = 0; i < layer.sources.count; ++i) {
      const index_t source = layer.sources[i] == network_input ? network_input : step_of[layer.sources[i]];
      edges.sources.add(source);
      if (source != network_input && layer.role != Role::next_branch) plan.edges[source].reader = s;
    }
    const index_t source = edges.sources[0];
    edges.storage = !begins_branch(layer.role) ? s : source == network_input ? network_input : plan.edges[source].storage;
    if (layer.role == Role::fork) edges.branches.add(s);
    if (layer.role == Role::next_branch) plan.edges[source].branches.add(s);
  }
}

/// The first class of the list that is no layer; the list's size where all are.
template <class... Layers>
constexpr index_t first_non_layer(LayerList<Layers...>) {
  static_assert(sizeof...(Layers) > 0, "a Sequential has at least one layer");
  constexpr bool are_layers[] = {Layer<Layers>...};
  index_t index = 0;
  while (index < sizeof...(Layers) && are_layers[index]) ++index;
  return index;
}

}  // namespace detail

/// The plan of a flat list of layers behind an input shape; an empty one where a class is no layer, which others have to report.
template <class... Layers>
constexpr auto make_plan(Shape input, detail::LayerList<Layers...>) {
  if constexpr (detail::first_non_layer(detail::LayerList<Layers...>{}) == sizeof...(Layers)) {
    using Builder = detail::PlanBuilder<sizeof...(Layers)>;
    Builder builder(input);
    // A table, not a recursion or a fold: 200 layers cost what 16 do, and clang folds no more than 256.
    constexpr bool (Builder::*visits[])() = {&Builder::template visit<Layers>...};
    for (const auto visit : visits) {
      if (!(builder.*visit)()) break;
    }
    auto plan = builder.finish();
    if (plan.first_misfit == sizeof...(Layers)) detail::plan_steps(plan);
    return plan;
  } else {
    return Plan<sizeof...(Layers)>{};
  }
}

}  // namespace taut
