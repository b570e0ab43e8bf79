/// StepMemory: the addresses that one step of a network works on.
#pragma once

#include <cstdint>

#include "taut/core/random.hpp"
#include "taut/core/shape.hpp"
#include "taut/nn/plan.hpp"

namespace taut {

/// In training a layer may behave otherwise than in inference, and keeps what its backward pass needs.
enum class Mode { training, inference };

/// Everything is in the device's memory. `parameters`, `gradients` and `buffers` are the whole arenas: a step finds its own tensors at
/// the plan's offsets.
template <class T>
struct StepMemory {
  index_t rows = 0;
  const T* x = nullptr;  // (rows, input)
  T* y = nullptr;        // (rows, output)
  T* dy = nullptr;       // (rows, output); backward may use it as scratch
  T* dx = nullptr;       // (rows, input); null where nobody asks for it
  // Of a join: what each branch gave, and where its gradient goes; of a fork: the gradients that came back. Null likewise.
  index_t branches = 0;
  const T* branch_x[most_branches]{};
  T* branch_gradient[most_branches]{};
  const T* parameters = nullptr;
  T* gradients = nullptr;
  T* buffers = nullptr;
  T* vectors = nullptr;            // four aligned vectors a normalised channel: mean, inv_std, scale, shift
  std::uint8_t* argmax = nullptr;  // (rows, output) where the step pools
  T* workspace = nullptr;
  RandomKey key{};  // of this step in this training step
  bool frozen = false;  // the step's parameters stay as they are: nobody asks for their gradients, and running statistics don't move
};

}  // namespace taut
