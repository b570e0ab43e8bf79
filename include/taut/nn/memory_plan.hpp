/// MemoryPlan: where every activation and gradient lies in the one block that holds them.
#pragma once

#include <array>

#include "taut/nn/lifetime.hpp"
#include "taut/nn/plan.hpp"

namespace taut {

/// Offsets and sizes in elements, for `batch` rows. Step i writes activation i and reads its sources' (the network's input is the
/// caller's); going back it reads gradient i and writes its sources'. What a fork or a mark doesn't write takes no memory: see StepEdges.
template <index_t Steps>
struct MemoryPlan {
  index_t batch = 0;
  index_t parameters = 0;  ///< one value each; gradients and each optimizer moment take as much again
  index_t buffers = 0;     ///< running statistics
  std::array<index_t, Steps> activation_offset{}, gradient_offset{};
  index_t training = 0;  ///< activations and their gradients, by lifetime
  std::array<index_t, Steps> inference_offset{};
  index_t inference = 0;  ///< activations alone, by lifetime
  std::array<index_t, Steps> argmax_offset{}, vectors_offset{};
  index_t argmax_bytes = 0;  ///< one byte a pooled element
  index_t vectors = 0;       ///< a batch norm's mean, inverse deviation, scale and shift
};

namespace detail {

template <index_t Depth>
constexpr const LayerPlan& last_layer(const Plan<Depth>& plan, StepSpan step) {
  return plan.layers[step.first + step.count - 1];
}

/// Moments: step i runs forward at i and backward at 2·Steps − i; the loss stands between, at Steps.
template <index_t Steps, index_t Depth>
constexpr std::array<Lifetime, 2 * Steps> training_lifetimes(const Plan<Depth>& plan, index_t batch) {
  std::array<Lifetime, 2 * Steps> lifetimes{};
  for (index_t i = 0; i < Steps; ++i) {
    const StepEdges& edges = plan.edges[i];
    const index_t size = aligned_offset(batch * last_layer(plan, plan.steps[i]).output.size());
    // A step may look at its own output going back; its readers run before it then.
    lifetimes[i] = {edges.storage == i ? size : 0, i, 2 * Steps - i};
    // Its reader writes the gradient, the loss the last one. A mark's is read by its fork.
    const bool is_mark = plan.layers[plan.steps[i].first].role == Role::next_branch;
    lifetimes[Steps + i] = {edges.has_gradient() ? size : 0, edges.reader == network_input ? Steps : 2 * Steps - edges.reader,
                            2 * Steps - (is_mark ? edges.sources[0] : i)};
  }
  return lifetimes;
}

/// `moves[i]`: whether step i writes an output of its own; elsewhere its output is its first source's.
template <index_t Steps, index_t Depth>
constexpr std::array<Lifetime, Steps> inference_lifetimes(const Plan<Depth>& plan, const std::array<bool, Steps>& moves, index_t batch) {
  std::array<Lifetime, Steps> lifetimes{};
  std::array<index_t, Steps> storage{};
  for (index_t i = 0; i < Steps; ++i) {
    const StepEdges& edges = plan.edges[i];
    for (index_t s = 0; s < edges.sources.count; ++s) {
      const index_t source = edges.sources[s];
      if (source != network_input && storage[source] != network_input) lifetimes[storage[source]].dies = i;
    }
    const index_t source = edges.sources[0];
    storage[i] = moves[i] ? i : source == network_input ? network_input : storage[source];
    if (moves[i]) lifetimes[i] = {aligned_offset(batch * last_layer(plan, plan.steps[i]).output.size()), i, i};
  }
  if (storage[Steps - 1] != network_input) lifetimes[storage[Steps - 1]].dies = Steps;
  return lifetimes;
}

/// The steps that write an output of their own in training.
template <index_t Steps, index_t Depth>
constexpr std::array<bool, Steps> moving_steps(const Plan<Depth>& plan) {
  std::array<bool, Steps> moves{};
  for (index_t i = 0; i < Steps; ++i) moves[i] = plan.edges[i].storage == i;
  return moves;
}

}  // namespace detail

/// Lays out a network's memory. Requires Steps == plan.step_count.
template <index_t Steps, index_t Depth>
constexpr MemoryPlan<Steps> plan_memory(const Plan<Depth>& plan, index_t batch) {
  MemoryPlan<Steps> memory;
  memory.batch = batch;
  memory.parameters = plan.parameter_elements;
  memory.buffers = plan.buffer_elements;
  const Placement<2 * Steps> training = place(detail::training_lifetimes<Steps>(plan, batch));
  const Placement<Steps> inference = place(detail::inference_lifetimes<Steps>(plan, detail::moving_steps<Steps>(plan), batch));
  memory.training = training.size;
  memory.inference = inference.size;
  for (index_t i = 0; i < Steps; ++i) {
    memory.activation_offset[i] = training.offset[i];
    memory.gradient_offset[i] = training.offset[Steps + i];
    memory.inference_offset[i] = inference.offset[i];
    memory.argmax_offset[i] = memory.argmax_bytes;
    memory.vectors_offset[i] = memory.vectors;
    const LayerPlan& last = detail::last_layer(plan, plan.steps[i]);
    if (last.role == Role::pooling) memory.argmax_bytes += aligned_offset(batch * last.output.size());
    const LayerPlan& first = plan.layers[plan.steps[i].first];
    if (first.role == Role::normalization) memory.vectors += 4 * aligned_offset(first.input.d0);
  }
  return memory;
}

}  // namespace taut
