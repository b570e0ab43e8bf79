/// Plan: everything about a network that is known before it runs, as data from one constexpr pass over its layers.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/core/shape.hpp"
#include "taut/nn/fuse.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/layer_path.hpp"

namespace taut {

/// Offsets inside the arenas are multiples of this many elements: 64 bytes of float.
inline constexpr index_t offset_step = 16;

constexpr index_t aligned_offset(index_t elements) { return (elements + offset_step - 1) / offset_step * offset_step; }

/// What is read where a network begins: the caller's samples, not a layer's output.
inline constexpr index_t network_input = ~index_t{0};

/// A short list of layers or steps, by their numbers.
struct BranchList {
  index_t numbers[most_branches]{};
  index_t count = 0;

  constexpr void add(index_t number) { numbers[count++] = number; }
  constexpr index_t operator[](index_t i) const { return numbers[i]; }
};

/// One layer's place in the network. Offsets count elements in the flat arenas of parameters and buffers.
struct LayerPlan {
  Role role = Role::custom;
  LayerPath path{};
  Shape input{}, output{};
  BranchList sources{};  ///< the layers whose outputs it reads, or network_input: one, but for a join, which reads each branch's last
  TensorList tensors{};
  index_t tensor_offset[TensorList::capacity]{};  ///< in the parameters' arena where it is trainable, else in the buffers'
  index_t parameter_offset = 0, buffer_offset = 0;
  index_t multiply_adds = 0;
  Shape unflattened{};  ///< the image behind an input vector that still lies channels last; no axes where there is none
};

/// How a step's values reach others. A fork and the marks between its branches move nothing: their output is the fork's input, where it
/// lies. But each has a gradient of its own, which the first step of its branch writes; the fork adds them up.
struct StepEdges {
  BranchList sources{};             ///< the steps whose outputs it reads, or network_input
  index_t reader = network_input;   ///< the step that reads its output; network_input where nobody does: behind the last step
  index_t storage = network_input;  ///< the step in whose memory its output lies: itself, unless it moves nothing
  BranchList branches{};            ///< of a fork: itself and its marks, whose gradients it adds up

  /// The samples' own gradient is nobody's business, nor is that of their copies in branches.
  constexpr bool has_gradient() const { return storage != network_input; }
};

/// A whole network of `Depth` layers; `steps` of them after fusion.
template <index_t Depth>
struct Plan {
  LayerPlan layers[Depth]{};
  StepSpan steps[Depth]{};
  StepEdges edges[Depth]{};  ///< of the steps
  index_t step_count = 0;
  Shape input{}, output{};
  Shape unflattened_output{};                       ///< as LayerPlan::unflattened, for the network's output
  index_t parameter_count = 0;                      ///< as PyTorch counts them
  index_t parameter_elements = 0, buffer_elements = 0;  ///< of the arenas, alignment included
  index_t multiply_adds = 0;                        ///< one sample, forward
  index_t first_misfit = Depth;                     ///< the layer that doesn't accept its input; Depth where all do
  LayerPath misfit_path{};                          ///< its place
  Shape first_branch{};                             ///< where it is a join: what its first branch gives
};

/// The layer whose output reaches a layer, through the marks of branches; network_input for the samples.
template <index_t Depth>
constexpr index_t source_of(const Plan<Depth>& plan, index_t layer) {
  index_t source = plan.layers[layer].sources[0];
  while (source != network_input && begins_branch(plan.layers[source].role)) source = plan.layers[source].sources[0];
  return source;
}

}  // namespace taut
