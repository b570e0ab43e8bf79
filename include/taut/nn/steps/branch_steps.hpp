/// Branch steps: where branches begin nothing moves but, going back, the sum of their gradients; where they end they are joined.
#pragma once

#include <array>

#include "taut/device/device.hpp"
#include "taut/nn/plan.hpp"
#include "taut/nn/step_memory.hpp"
#include "taut/nn/steps/activation_of.hpp"

namespace taut {

/// A fork, or the mark of one of its later branches, which has nothing to do.
template <class Net, StepSpan Span>
struct ForkStep {
  static constexpr const auto& layer = Net::plan.layers[Span.first];

  template <class T, class D>
  static index_t workspace(D&, index_t) {
    static_assert(BranchKernels<D, T>, "this device has no kernels for branches (add, add_backward, concatenate, split)");
    return 0;
  }

  template <class D, class T>
  static void forward(D&, const StepMemory<T>&, Mode) {}

  template <class D, class T>
  static void backward(D& device, const StepMemory<T>& memory) {
    if constexpr (layer.role == Role::fork) {
      if (memory.dx == nullptr) return;
      device.template add<T>(memory.rows * layer.output.size(), memory.branches, memory.branch_gradient, Activation::identity, memory.dx);
    }
  }
};

/// The sum of branches and the activation behind it.
template <class Net, StepSpan Span>
struct AddStep {
  static constexpr bool joins = true;
  static constexpr const auto& layer = Net::plan.layers[Span.first];
  static constexpr Activation activation = detail::activation_of<Net, Span>();
  static constexpr index_t branches = layer.sources.count, size = layer.output.size();

  template <class T, class D>
  static index_t workspace(D&, index_t) {
    return 0;
  }

  template <class D, class T>
  static void forward(D& device, const StepMemory<T>& memory, Mode) {
    join(device, memory.rows, memory.branch_x, memory.y);
  }

  template <class D, class T>
  static void join(D& device, index_t rows, const T* const* x, T* y) {
    device.template add<T>(rows * size, branches, x, activation, y);
  }

  template <class D, class T>
  static void backward(D& device, const StepMemory<T>& memory) {
    device.template add_backward<T>(memory.rows * size, branches, memory.y, memory.dy, activation, memory.branch_gradient);
  }
};

/// Channels of several branches, one branch behind the other.
template <class Net, StepSpan Span>
struct ConcatenateStep {
  static constexpr bool joins = true;
  static constexpr const auto& layer = Net::plan.layers[Span.first];
  static constexpr index_t branches = layer.sources.count;
  static constexpr std::array<index_t, branches> channels = [] {
    std::array<index_t, branches> each{};
    for (index_t b = 0; b < branches; ++b) {
      const index_t source = layer.sources[b];
      each[b] = (source == network_input ? Net::plan.input : Net::plan.layers[source].output).d0;
    }
    return each;
  }();
  static constexpr index_t pixels = layer.output.size() / layer.output.d0;

  template <class T, class D>
  static index_t workspace(D&, index_t) {
    return 0;
  }

  template <class D, class T>
  static void forward(D& device, const StepMemory<T>& memory, Mode) {
    join(device, memory.rows, memory.branch_x, memory.y);
  }

  template <class D, class T>
  static void join(D& device, index_t rows, const T* const* x, T* y) {
    device.template concatenate<T>(rows * pixels, branches, channels.data(), x, y);
  }

  template <class D, class T>
  static void backward(D& device, const StepMemory<T>& memory) {
    device.template split<T>(memory.rows * pixels, branches, channels.data(), memory.dy, memory.branch_gradient);
  }
};

}  // namespace taut
