/// LayerMemory: what a layer of one's own works on.
#pragma once

#include "taut/core/random.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/step_memory.hpp"

namespace taut {

/// Everything is in the device's memory; images are channels last. The arrays have an element for each tensor that the layer owns, in the
/// order of its `tensors`.
template <class T>
struct LayerMemory {
  Mode mode = Mode::inference;
  index_t rows = 0;
  const T* x = nullptr;  // (rows, input)
  T* y = nullptr;        // (rows, output); forward overwrites it
  T* dy = nullptr;       // (rows, output); backward may use it as scratch
  T* dx = nullptr;       // (rows, input); backward overwrites it; null where nobody asks for it, as in a network's first layer
  const T* tensors[TensorList::capacity]{};  // parameters and buffers
  T* gradients[TensorList::capacity]{};      // backward overwrites them; null for buffers
  T* buffers[TensorList::capacity]{};        // for a forward pass to change; null for parameters, in inference, and where it is frozen
  T* workspace = nullptr;                    // holds nothing between calls
  RandomKey key{};                           // of this layer in this training step: the same forward and backward
};

}  // namespace taut
