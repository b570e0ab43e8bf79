/// Session: a network that only infers. Weights are prepared once and never change; any number of callers run it at the same time.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "taut/core/arena.hpp"
#include "taut/core/batch.hpp"
#include "taut/core/error.hpp"
#include "taut/core/for_each_index.hpp"
#include "taut/device/device.hpp"
#include "taut/nn/accept_samples.hpp"
#include "taut/nn/inference_runs.hpp"
#include "taut/nn/inference_step.hpp"
#include "taut/nn/lifetime.hpp"
#include "taut/nn/memory_plan.hpp"
#include "taut/nn/model.hpp"
#include "taut/nn/sequential.hpp"

namespace taut {

/// Owns the weights in the form that the device reads fastest: batch norm folded into the convolution or linear layer before it, filters
/// transformed. The output is the model's in inference mode but for the rounding of the folded weights.
///
/// Net: a Sequential. T: float or double. D: a device. MaxBatch: the most rows of a batch.
template <class Net, class T, class D, index_t MaxBatch = 64>
class Session {
  static_assert(DefinedDevice<D>,
                "this device is declared here but not defined: Cuda is defined in taut/cuda.cuh, for files that nvcc compiles");

  static constexpr index_t steps = Net::plan.step_count;

  /// Steps that have nothing to do leave their input where it lies.
  static constexpr std::array<bool, steps> runs = [] {
    std::array<bool, steps> all{};
    for_each_index<steps>([&]<index_t I>() { all[I] = InferenceStep<Net, I>::runs; });
    return all;
  }();
  static constexpr Placement<steps> activations = place(detail::inference_lifetimes<steps>(Net::plan, runs, MaxBatch));

  /// The step in whose memory the output of `step` lies.
  static constexpr index_t storage(index_t step) {
    while (step != network_input && !runs[step]) step = Net::plan.edges[step].sources[0];
    return step;
  }

  static constexpr std::array<index_t, steps + 1> prepared_offset = [] {
    std::array<index_t, steps + 1> offset{};
    for_each_index<steps>([&]<index_t I>() {
      offset[I + 1] = offset[I] + aligned_offset(InferenceStep<Net, I>::template prepared_size<D, T>());
    });
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
    explicit Workspace(D device = D{})
        : device_(std::move(device)),
          activations_(activations.size, memory_of<D>()),
          scratch_(scratch_elements(device_), memory_of<D>()),
          runs_(MaxBatch * Net::input_shape.size(), MaxBatch * Net::output_shape.size()) {}

   private:
    friend class Session;

    static index_t scratch_elements(D& device) {
      index_t most = 0;
      for_each_index<steps>([&]<index_t I>() { most = std::max(most, step_t<Net, I>::template workspace<T>(device, MaxBatch)); });
      return most;
    }

    D device_;
    Arena<T> activations_, scratch_;
    InferenceRuns<T, D> runs_;
  };

  /// Takes the weights and running statistics that the model has now.
  template <class ModelDevice, index_t ModelBatch>
  explicit Session(const Model<Net, T, ModelDevice, ModelBatch>& model, D device = D{})
      : prepared_(prepared_offset[steps], memory_of<D>()) {
    for_each_index<steps>([&]<index_t I>() {
      InferenceStep<Net, I>::prepare(device, model.parameters().data(), model.buffers().data(), prepared_.data() + prepared_offset[I]);
    });
    synchronize(device);  // workspaces have devices of their own, which don't wait for this one
  }

  /// The network's output (logits, where the network ends in them). The view is valid until the workspace's next run.
  /// Any number of threads may run one session, each with a workspace of its own; the bits don't depend on it.
  template <class Samples>
  Output run(const Samples& samples, Workspace& workspace) const {
    const Input given = detail::accept_samples<Net, T, MaxBatch>(samples, "session");
    const auto launch_on = [&](const T* input) { return launch(Input{input, given.rows}, workspace); };
    const T* const outputs =
        workspace.runs_.run(workspace.device_, prepared_.data(), given.rows, {given.data, given.rows * Net::input_shape.size()},
                            given.rows * Net::output_shape.size(), launch_on);
    return {outputs, given.rows};
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
  /// Gives the workspace's device all steps. Returns where the outputs will be.
  const T* launch(Input input, Workspace& workspace) const {
    const auto value = [&](index_t step) -> const T* {
      const index_t at = storage(step);
      return at == network_input ? input.data : workspace.activations_.data() + activations.offset[at];
    };
    for_each_index<steps>([&]<index_t I>() {
      if constexpr (runs[I]) {
        constexpr const BranchList& sources = Net::plan.edges[I].sources;
        const T* const prepared = prepared_.data() + prepared_offset[I];
        T* const y = workspace.activations_.data() + activations.offset[I];
        if constexpr (detail::JoiningKind<step_t<Net, I>>) {
          const T* x[most_branches]{};
          for (index_t b = 0; b < sources.count; ++b) x[b] = value(sources[b]);
          InferenceStep<Net, I>::run(workspace.device_, input.rows, x, prepared, y, workspace.scratch_.data());
        } else {
          InferenceStep<Net, I>::run(workspace.device_, input.rows, value(sources[0]), prepared, y, workspace.scratch_.data());
        }
      }
    });
    return value(steps - 1);
  }

  Arena<T> prepared_;
};

}  // namespace taut
