/// CustomStep: a layer that brings its own forward and backward pass.
#pragma once

#include "taut/core/for_each_index.hpp"
#include "taut/nn/layer_memory.hpp"
#include "taut/nn/plan.hpp"
#include "taut/nn/step_memory.hpp"

namespace taut {

namespace detail {

template <class X, Shape Input, class D, class T>
concept HasForward = requires(D& device, const LayerMemory<T>& memory) { X::template forward<Input>(device, memory); };

template <class X, Shape Input, class D, class T>
concept HasBackward = requires(D& device, const LayerMemory<T>& memory) { X::template backward<Input>(device, memory); };

/// A layer that needs memory besides its tensors, input and output.
template <class X, Shape Input, class D, class T>
concept HasWorkspace = requires(D& device, index_t rows) { X::template workspace<Input, T>(device, rows); };

}  // namespace detail

/// Requires of the layer, a class with `Role::custom`, the static templates `forward<Input>(device, memory)` and, where it is trained,
/// `backward<Input>(device, memory)`; `Input` is the shape of a sample, `memory` a `const LayerMemory<T>&`.
/// `workspace<Input, T>(device, rows)` says how many elements of workspace they need; without it there is none.
/// What else a layer may have: `keeps_order` (layer_keeps_order) and `append_onnx` (io/onnx/onnx_layer.hpp).
template <class Net, StepSpan Span>
struct CustomStep {
  using Custom = typename Net::template layer<Span.first>;
  static constexpr const auto& layer = Net::plan.layers[Span.first];

  template <class T, class D>
  static index_t workspace(D& device, index_t rows) {
    if constexpr (detail::HasWorkspace<Custom, layer.input, D, T>) return Custom::template workspace<layer.input, T>(device, rows);
    return 0;
  }

  template <class D, class T>
  static void forward(D& device, const StepMemory<T>& memory, Mode mode) {
    run_forward(device, own(memory, mode));
  }

  template <class D, class T>
  static void run_forward(D& device, const LayerMemory<T>& memory) {
    static_assert(detail::HasForward<Custom, layer.input, D, T>, "a layer with Role::custom lacks forward<Input>(device, memory)");
    synchronize(device);  // its kernels may be the host's
    Custom::template forward<layer.input>(device, memory);
  }

  template <class D, class T>
  static void backward(D& device, const StepMemory<T>& memory) {
    if (memory.dx == nullptr && (memory.frozen || layer.tensors.parameter_count() == 0)) return;
    static_assert(detail::HasBackward<Custom, layer.input, D, T>, "a layer with Role::custom lacks backward<Input>(device, memory)");
    synchronize(device);
    Custom::template backward<layer.input>(device, own(memory, Mode::training));
  }

 private:
  template <class T>
  static LayerMemory<T> own(const StepMemory<T>& memory, Mode mode) {
    LayerMemory<T> own{.mode = mode, .rows = memory.rows, .x = memory.x, .y = memory.y, .dy = memory.dy, .dx = memory.dx,
                       .workspace = memory.workspace, .key = memory.key};
    for_each_index<layer.tensors.count>([&]<index_t I>() {
      constexpr index_t offset = layer.tensor_offset[I];
      if constexpr (layer.tensors.specs[I].trainable) {
        own.tensors[I] = memory.parameters + offset;
        own.gradients[I] = memory.gradients + offset;
      } else {
        own.tensors[I] = memory.buffers + offset;
        if (mode == Mode::training && !memory.frozen) own.buffers[I] = memory.buffers + offset;
      }
    });
    return own;
  }
};

}  // namespace taut
