/// Fuse: which neighbouring layers melt into one step. Decided by the layers' roles alone, as data.
#pragma once

#include "taut/nn/layer.hpp"

namespace taut {

/// A run of layers that execute as one step; its output is the only activation that it leaves in memory.
struct StepSpan {
  index_t first = 0, count = 0;

  friend constexpr bool operator==(const StepSpan&, const StepSpan&) = default;
};

/// How many layers from `first` on melt into one step:
/// convolution, transposed or not, [activation] · flatten? linear [activation] · add [activation] ·
/// any of normalization, activation, pooling in this order · anything else alone.
/// A gated activation, whose gradient needs its input, doesn't melt with a convolution, a linear layer or a sum, which leave only their
/// output.
/// `roles` ends with a `Role::custom` after the last layer, which melts with nothing.
constexpr index_t fused_count(const Role* roles /* (depth + 1) */, index_t first) {
  index_t next = first;
  auto take = [&](Role role) {
    const bool matches = roles[next] == role;
    next += matches ? 1 : 0;
    return matches;
  };
  if (take(Role::convolution) || take(Role::transposed_convolution)) {
    take(Role::activation);
  } else if (roles[first] == Role::flatten && roles[first + 1] == Role::linear) {
    next += 2;
    take(Role::activation);
  } else if (take(Role::linear) || take(Role::add)) {
    take(Role::activation);
  } else {
    take(Role::normalization);
    if (!take(Role::activation)) take(Role::gated_activation);
    take(Role::pooling);
  }
  return next == first ? 1 : next - first;
}

}  // namespace taut
