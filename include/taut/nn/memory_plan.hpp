/// MemoryPlan: where every activation and gradient lies in the one block that holds them.
#pragma once

#include <array>

#include "taut/nn/lifetime.hpp"
#include "taut/nn/plan.hpp"

namespace taut {

/// Offsets and sizes in elements, for `batch` rows. Step i writes activation i and reads activation i − 1 (the input is the caller's);
/// going back it reads gradient i and writes gradient i − 1.
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
    const index_t size = aligned_offset(batch * last_layer(plan, plan.steps[i]).output.size());
    lifetimes[i] = {size, i, 2 * Steps - i};  // a step may look at its own output going back
    lifetimes[Steps + i] = {size, i + 1 == Steps ? Steps : 2 * Steps - i - 1, 2 * Steps - i};
  }
  return lifetimes;
}

template <index_t Steps, index_t Depth>
constexpr std::array<Lifetime, Steps> inference_lifetimes(const Plan<Depth>& plan, index_t batch) {
  std::array<Lifetime, Steps> lifetimes{};
  for (index_t i = 0; i < Steps; ++i) {
    lifetimes[i] = {aligned_offset(batch * last_layer(plan, plan.steps[i]).output.size()), i, i + 1};
  }
  return lifetimes;
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
  const Placement<Steps> inference = place(detail::inference_lifetimes<Steps>(plan, batch));
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
