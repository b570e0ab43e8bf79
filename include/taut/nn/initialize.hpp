/// initialize: a network's first parameters and buffers, a function of the seed alone.
#pragma once

#include "taut/core/random.hpp"
#include "taut/nn/named_tensor.hpp"
#include "taut/nn/plan.hpp"

namespace taut {

/// The seed of a model: `Model model{seed(42)}`.
struct Seed {
  std::uint64_t value = 0;
};

constexpr Seed seed(std::uint64_t value) { return {value}; }

/// Fills both arenas as each tensor's Initialization says. Values belong to a tensor's place in PyTorch's order, so that they don't change
/// with a layout.
template <class T, index_t Depth>
void initialize(const Plan<Depth>& plan, Seed seed, T* parameters, T* buffers) {
  const std::uint64_t forked = fork(seed.value, 0x1417);
  for (index_t l = 0; l < Depth; ++l) {
    const LayerPlan& layer = plan.layers[l];
    for (index_t t = 0; t < layer.tensors.count; ++t) {
      const TensorSpec& spec = layer.tensors.specs[t];
      const double low = spec.initialization.low, range = spec.initialization.high - low;
      T* const values = (spec.trainable ? parameters : buffers) + layer.tensor_offset[t];
      Random random{forked, l * TensorList::capacity + t};
      for (index_t i = 0; i < spec.shape.size(); ++i) {
        const double unit = range == 0 ? 0 : static_cast<double>(random.uniform());
        values[detail::storage_index(layer, spec, i)] = static_cast<T>(low + range * unit);
      }
    }
  }
}

}  // namespace taut
