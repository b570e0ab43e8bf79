/// NormPoolStep: normalise → activate → pool, as many of the three as stand in a row; an activation alone is an ActivationStep.
#pragma once

#include "taut/device/device.hpp"
#include "taut/nn/plan.hpp"
#include "taut/nn/step_memory.hpp"
#include "taut/nn/steps/activation_of.hpp"

namespace taut {

template <class Net, StepSpan Span>
struct NormPoolStep {
  static constexpr const auto& first = Net::plan.layers[Span.first];
  static constexpr const auto& last = Net::plan.layers[Span.first + Span.count - 1];
  static constexpr bool normalizes = first.role == Role::normalization;

  static constexpr NormPoolGeometry geometry = [] {
    NormPoolGeometry all = detail::activation_geometry(first.input, detail::activation_of<Net, Span>());
    all.normalize = normalizes;
    if constexpr (last.role == Role::pooling) {
      all.vertical = Net::template layer<Span.first + Span.count - 1>::vertical;
      all.horizontal = Net::template layer<Span.first + Span.count - 1>::horizontal;
    }
    return all;
  }();

  template <class T, class D>
  static index_t workspace(D& device, index_t rows) {
    static_assert(NormPoolKernels<D, T>,
                  "this device has no normalisation and pooling kernels (batch_norm_statistics, batch_norm_running, norm_pool_forward, "
                  "norm_pool_backward)");
    return unwanted_dx(rows) + device.template norm_pool_workspace<geometry, T>(rows);
  }

  template <class D, class T>
  static void forward(D& device, const StepMemory<T>& memory, Mode mode) {
    const BatchNormVectors<T> norm = vectors(memory);
    if constexpr (normalizes) {
      using Norm = typename Net::template layer<Span.first>;
      constexpr BatchNormOptions options{.eps = Norm::eps, .momentum = Norm::momentum};
      if (mode == Mode::training && !memory.frozen) {
        device.template batch_norm_statistics<geometry, T>(memory.rows, memory.x, options, norm, memory.workspace);
      } else {
        device.template batch_norm_running<geometry, T>(options, norm);
      }
    }
    device.template norm_pool_forward<geometry, T>(memory.rows, memory.x, norm.scale, norm.shift, memory.y,
                                                   mode == Mode::training && geometry.pools() ? memory.argmax : nullptr);
  }

  template <class D, class T>
  static void backward(D& device, const StepMemory<T>& memory) {
    if (memory.dx == nullptr && (!normalizes || memory.frozen)) return;
    device.template norm_pool_backward<geometry, T>(memory.rows, memory.x, memory.dy, geometry.pools() ? memory.argmax : nullptr,
                                                    vectors(memory), memory.dx != nullptr ? memory.dx : memory.workspace,
                                                    normalizes && !memory.frozen ? memory.gradients + first.tensor_offset[0] : nullptr,
                                                    normalizes && !memory.frozen ? memory.gradients + first.tensor_offset[1] : nullptr,
                                                    memory.workspace + unwanted_dx(memory.rows));
  }

 private:
  /// A network's first normalisation needs a place for the gradient of its input, which nobody asks for, to find its parameters'.
  static constexpr index_t unwanted_dx(index_t rows) {
    return normalizes && source_of(Net::plan, Span.first) == network_input ? aligned_offset(rows * geometry.in_size()) : 0;
  }

  template <class T>
  static BatchNormVectors<T> vectors(const StepMemory<T>& memory) {
    if constexpr (!normalizes) return {};
    constexpr index_t stride = aligned_offset(geometry.channels);
    return {.gamma = memory.parameters + first.tensor_offset[0],
            .beta = memory.parameters + first.tensor_offset[1],
            .running_mean = memory.buffers + first.tensor_offset[2],
            .running_variance = memory.buffers + first.tensor_offset[3],
            .mean = memory.vectors,
            .inv_std = memory.vectors + stride,
            .scale = memory.vectors + 2 * stride,
            .shift = memory.vectors + 3 * stride};
  }
};

}  // namespace taut
