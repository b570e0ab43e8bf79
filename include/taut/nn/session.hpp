/// Session: a network that only infers. Weights are prepared once and never change; any number of callers run it at the same time.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "taut/core/arena.hpp"
#include "taut/core/batch.hpp"
#include "taut/core/error.hpp"
#include "taut/device/device.hpp"
#include "taut/nn/accept_samples.hpp"
#include "taut/nn/inference_step.hpp"
#include "taut/nn/lifetime.hpp"
#include "taut/nn/model.hpp"
#include "taut/nn/sequential.hpp"

namespace taut {

/// Owns the weights in the form that the device reads fastest: batch norm folded into the convolution or linear layer before it, filters
/// transformed. The output is the model's in inference mode but for the rounding of the folded weights.
///
/// Net: a Sequential. T: float or double. D: a device. MaxBatch: the most rows of a batch.
template <class Net, class T, class D, index_t MaxBatch = 64>
class Session {
  static constexpr index_t steps = Net::plan.step_count;

  /// Steps that have nothing to do leave their input where it lies.
  static constexpr Placement<steps> activations = [] {
    std::array<Lifetime, steps> lifetimes{};
    index_t last = steps;  // the last step before this one that writes
    [&]<index_t... I>(std::index_sequence<I...>) {
      const auto visit = [&](index_t i, bool runs) {
        if (last != steps) lifetimes[last].dies = i;
        if (!runs) return;
        lifetimes[i] = {aligned_offset(MaxBatch * detail::last_layer(Net::plan, Net::plan.steps[i]).output.size()), i, i};
        last = i;
      };
      (visit(I, InferenceStep<Net, I>::runs), ...);
    }(std::make_index_sequence<steps>{});
    lifetimes[last].dies = steps;
    return place(lifetimes);
  }();

  static constexpr std::array<index_t, steps + 1> prepared_offset = [] {
    std::array<index_t, steps + 1> offset{};
    [&]<index_t... I>(std::index_sequence<I...>) {
      ((offset[I + 1] = offset[I] + aligned_offset(InferenceStep<Net, I>::template prepared_size<D, T>())), ...);
    }(std::make_index_sequence<steps>{});
    return offset;
  }();

 public:
  using Network = Net;
  using Scalar = T;
  using DeviceType = D;
  using Input = BatchView<const T, Net::input_shape>;
  using Output = BatchView<const T, Net::output_shape>;
  static constexpr index_t max_batch = MaxBatch;

  /// What one caller runs a session with: a device and the memory for one batch, allocated here and never again.
  class Workspace {
   public:
    explicit Workspace(D device = D{}) : device_(std::move(device)), activations_(activations.size), scratch_(scratch_elements(device_)) {}

   private:
    friend class Session;

    static index_t scratch_elements(D& device) {
      index_t most = 0;
      [&]<index_t... I>(std::index_sequence<I...>) {
        ((most = std::max(most, step_t<Net, I>::template workspace<T>(device, MaxBatch))), ...);
      }(std::make_index_sequence<steps>{});
      return most;
    }

    D device_;
    Arena<T> activations_, scratch_;
  };

  /// Takes the weights and running statistics that the model has now.
  template <class ModelDevice, index_t ModelBatch>
  explicit Session(const Model<Net, T, ModelDevice, ModelBatch>& model, D device = D{}) : prepared_(prepared_offset[steps]) {
    [&]<index_t... I>(std::index_sequence<I...>) {
      (InferenceStep<Net, I>::prepare(device, model.parameters().data(), model.buffers().data(), prepared_.data() + prepared_offset[I]), ...);
    }(std::make_index_sequence<steps>{});
  }

  /// The network's output (logits, where the network ends in them). The view is valid until the workspace's next run.
  /// Any number of threads may run one session, each with a workspace of its own; the bits don't depend on it.
  template <class Samples>
  Output run(const Samples& samples, Workspace& workspace) const {
    const Input input = detail::accept_samples<Net, T, MaxBatch>(samples, "session");
    const T* x = input.data;
    [&]<index_t... I>(std::index_sequence<I...>) {
      const auto step = [&]<index_t Index>() {
        if constexpr (InferenceStep<Net, Index>::runs) {
          T* const y = workspace.activations_.data() + activations.offset[Index];
          InferenceStep<Net, Index>::run(workspace.device_, input.rows, x, prepared_.data() + prepared_offset[Index], y,
                                         workspace.scratch_.data());
          x = y;
        }
      };
      (step.template operator()<I>(), ...);
    }(std::make_index_sequence<steps>{});
    return {x, input.rows};
  }

  /// The outputs of any number of rows, a batch of up to MaxBatch after the other, into `outputs` (rows, output).
  void run_all(Input samples, std::span<T> outputs, Workspace& workspace) const {
    constexpr index_t size = Net::output_shape.size();
    if (outputs.size() != samples.rows * size) {
      fail("the session expects room for ", samples.rows, " outputs of ", size, " numbers but got ", outputs.size(), " numbers");
    }
    for (index_t row = 0; row < samples.rows; row += MaxBatch) {
      const Output found = run(Input{samples.row(row), std::min(MaxBatch, samples.rows - row)}, workspace);
      std::copy_n(found.data, found.rows * size, outputs.data() + row * size);
    }
  }

 private:
  Arena<T> prepared_;
};

}  // namespace taut
