/// TrainingGraph: forward pass, loss, backward pass and optimizer as one launch.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "taut/core/arena.hpp"
#include "taut/core/batch.hpp"
#include "taut/device/cuda/captured_graph.cuh"
#include "taut/device/cuda/check.cuh"
#include "taut/device/cuda/memory.cuh"
#include "taut/device/cuda/recording.cuh"
#include "taut/device/device.hpp"
#include "taut/kernels/cuda/loss_totals.cuh"
#include "taut/nn/accept_samples.hpp"
#include "taut/nn/loss.hpp"
#include "taut/nn/parameter_names.hpp"
#include "taut/nn/plan.hpp"
#include "taut/train/optimizer.hpp"
#include "taut/train/state.hpp"
#include "taut/train/training_steps.hpp"

namespace taut::cuda {

/// Trains as model.forward_backward and optimizer.step do, with the same bits, but a step's kernels are launched at once: a CUDA graph that
/// is captured for each number of rows and replayed. What differs from step to step (learning rate, step number, dropout masks) is read
/// from memory, so that schedules work as ever. `step` doesn't wait for the GPU: the host prepares a batch while the last one is computed.
///
/// Unlike the eager path, a loss that isn't finite goes through the backward pass and into the weights; look at `sums`.
/// What computes on the host, as layers, losses and optimizers of one's own may, and clip_grad_norm, which waits, have no graph: the first
/// step throws a NotRecordable, and the eager path is for them. A Trainer on Cuda makes its steps by this class where it can.
/// Model and optimizer must outlive it and be used by one caller at a time; between steps, anything may be done with them.
template <class Model, class Opt, class L>
  requires Optimizer<Opt, Model> && Loss<L, typename Model::Scalar, typename Model::DeviceType, Model::Network::output_shape>
class TrainingGraph {
 public:
  using T = typename Model::Scalar;
  using Net = typename Model::Network;
  using Targets = typename L::template Targets<T, Net::output_shape>;

  TrainingGraph(Model& model, Opt& optimizer, const L& loss) : model_(model), optimizer_(optimizer), loss_(loss) {}
  TrainingGraph(const TrainingGraph&) = delete;
  TrainingGraph& operator=(const TrainingGraph&) = delete;
  /// What was launched reads the memory that is released here.
  ~TrainingGraph() { static_cast<void>(cudaStreamSynchronize(model_.device().stream())); }

  /// One training step. What lies in the host's memory was read when it returns.
  template <class Samples, class Given = Targets>
  void step(const Samples& samples, const Given& targets) {
    const auto input = detail::accept_samples<Net, T, Model::max_batch>(samples, "model");
    const Targets accepted = detail::accept_targets<Net, T, L>(targets);
    loss_.check(input.rows, accepted);
    forget_where_frozen_otherwise();
    Captured& graph = captured(input.rows);
    Slot& slot = slots_[turn_++ % slots_.size()];
    check(cudaEventSynchronize(slot.read), "cudaEventSynchronize");  // of two steps ago

    const std::uint64_t pass = model_.forward_passes();
    slot.numbers.data()->key_offset = (pass - graph.pass) * Net::plan.step_count;
    collect(graph, slot);
    model_.set_forward_passes(pass + 1);

    const cudaStream_t stream = model_.device().stream();
    send(stream, samples_, slot.samples, input.data, input.rows * Net::input_shape.size());
    send(stream, targets_, slot.targets, data_of(accepted), input.rows * targets_of_row);
    check(cudaMemcpyAsync(numbers_.data(), slot.numbers.data(), sizeof(StepNumbers), cudaMemcpyDefault, stream), "cudaMemcpyAsync");
    check(cudaEventRecord(slot.read, stream), "cudaEventRecord");
    graph.step->launch(stream);
    last_ = &graph;
  }

  /// Of the last step, once it is done.
  LossSums sums() const {
    if (last_ == nullptr) fail("TrainingGraph: expected a step before its sums are asked for");
    model_.device().synchronize();
    return sums_at(last_->results.data());
  }

  /// From here on losses are added to these: an epoch begins, or goes on.
  void begin(const LossRecord& so_far) {
    model_.device().synchronize();
    double* const totals = host_totals_.data();
    totals[0] = so_far.all.loss;
    totals[1] = so_far.all.weight;
    totals[2] = static_cast<double>(so_far.all.correct);
    totals[3] = static_cast<double>(so_far.steps);
    totals[4] = static_cast<double>(so_far.first_non_finite);
    totals[5] = so_far.non_finite;
    copy_totals(totals_.data(), totals);
  }

  /// Of all steps since begin(), or the first, once they are done.
  LossRecord record() const {
    copy_totals(host_totals_.data(), totals_.data());
    const double* const totals = host_totals_.data();
    return {.last = last_ == nullptr ? LossSums{} : sums_at(last_->results.data()), .all = sums_at(totals),
            .steps = static_cast<index_t>(totals[3]), .first_non_finite = static_cast<index_t>(totals[4]), .non_finite = totals[5]};
  }

 private:
  static constexpr bool labelled = !requires { Targets::sample_shape; };
  using Target = std::conditional_t<labelled, std::int32_t, T>;
  static constexpr index_t targets_of_row = labelled ? 1 : Net::output_shape.size();

  /// Numbers of a step, in memory of one kind or another.
  struct NumbersBlock {
    Arena<unsigned char> block;
    explicit NumbersBlock(MemorySource source) : block(sizeof(StepNumbers), source) { new (block.data()) StepNumbers; }
    StepNumbers* data() { return std::launder(reinterpret_cast<StepNumbers*>(block.data())); }
  };

  /// A step of one number of rows.
  struct Captured {
    std::optional<CapturedGraph> step;
    std::uint64_t pass = 0;  ///< the model's forward passes when it was captured
    Arena<double> results{3, pinned_memory};
    Arena<T> constants{Net::output_shape.size(), managed_memory};
  };

  /// What the host writes for one step, while the GPU may still read another's.
  struct Slot {
    Arena<T> samples{Model::max_batch * Net::input_shape.size(), pinned_memory};
    Arena<Target> targets{Model::max_batch * targets_of_row, pinned_memory};
    NumbersBlock numbers{pinned_memory};
    cudaEvent_t read = nullptr;

    Slot() { check(cudaEventCreate(&read), "cudaEventCreate"); }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() { static_cast<void>(cudaEventDestroy(read)); }
  };

  static LossSums sums_at(const double* sums) {
    return {.loss = sums[0], .weight = sums[1], .correct = static_cast<std::uint64_t>(sums[2])};
  }

  /// By way of pinned memory, because pages that moved to the host and back would take longer.
  void copy_totals(double* to, const double* from) const {
    const cudaStream_t stream = model_.device().stream();
    check(cudaMemcpyAsync(to, from, kernels::cuda::loss_totals * sizeof(double), cudaMemcpyDefault, stream), "cudaMemcpyAsync");
    model_.device().synchronize();
  }

  /// A graph leaves out what was frozen when it was captured.
  void forget_where_frozen_otherwise() {
    const auto spans = model_.trainable_spans();
    const auto same = [](const ParameterSpan& a, const ParameterSpan& b) { return a.begin == b.begin && a.end == b.end; };
    if (std::ranges::equal(spans, trainable_, same)) return;
    model_.device().synchronize();
    captured_.clear();
    last_ = nullptr;
    trainable_.assign(spans.begin(), spans.end());
  }

  Recording recording(Captured& graph, NumbersBlock& numbers, bool launches) {
    return {.launches = launches, .numbers = numbers.data(), .replayed = numbers_.data(), .results = graph.results.data(),
            .constants = reinterpret_cast<std::byte*>(graph.constants.data()), .constants_size = graph.constants.size() * sizeof(T)};
  }

  Captured& captured(index_t rows) {
    if (const auto found = captured_.find(rows); found != captured_.end()) return *found->second;
    auto graph = std::make_unique<Captured>();
    graph->pass = model_.forward_passes();
    State before;
    optimizer_.save(before);
    model_.device().synchronize();
    Recording recording = this->recording(*graph, slots_[0].numbers, true);
    try {
      graph->step.emplace(model_.device(), recording, [&] {
        model_.forward_backward(typename Model::Input{samples_.data(), rows}, targets_on_device(rows), loss_);
        optimizer_.step(model_);
        kernels::cuda::add_to_loss_totals(model_.device().stream(), graph->results.data(), totals_.data());
      });
    } catch (...) {
      put_back(graph->pass, before);
      throw;
    }
    put_back(graph->pass, before);
    return *captured_.emplace(rows, std::move(graph)).first->second;
  }

  /// Nothing happened while it was recorded.
  void put_back(std::uint64_t pass, const State& optimizer) {
    model_.set_forward_passes(pass);
    optimizer_.restore(optimizer);
  }

  /// The optimizer's numbers of the next step.
  void collect(Captured& graph, Slot& slot) {
    Recording recording = this->recording(graph, slot.numbers, false);
    const Recorder recorder(model_.device(), recording);
    optimizer_.step(model_);
  }

  Targets targets_on_device(index_t rows) {
    if constexpr (labelled) {
      return Targets(targets_.data(), rows);
    } else {
      return Targets{targets_.data(), rows};
    }
  }

  static const Target* data_of(const Targets& targets) {
    if constexpr (labelled) {
      return targets.data();
    } else {
      return targets.data;
    }
  }

  /// Into the graph's own memory; what lies in the host's by way of the slot, which the caller needn't keep.
  template <class Value>
  static void send(cudaStream_t stream, Arena<Value>& to, Arena<Value>& slot, const Value* from, index_t count) {
    if (!on_device(from)) from = std::copy_n(from, count, slot.data()) - count;
    check(cudaMemcpyAsync(to.data(), from, count * sizeof(Value), cudaMemcpyDefault, stream), "cudaMemcpyAsync");
  }

  Model& model_;
  Opt& optimizer_;
  L loss_;
  Arena<T> samples_{Model::max_batch * Net::input_shape.size(), managed_memory};
  Arena<Target> targets_{Model::max_batch * targets_of_row, managed_memory};
  NumbersBlock numbers_{managed_memory};
  Arena<double> totals_{kernels::cuda::loss_totals, managed_memory};
  mutable Arena<double> host_totals_{kernels::cuda::loss_totals, pinned_memory};
  std::array<Slot, 2> slots_;
  std::map<index_t, std::unique_ptr<Captured>> captured_;
  std::vector<ParameterSpan> trainable_;
  Captured* last_ = nullptr;
  std::size_t turn_ = 0;
};

}  // namespace taut::cuda
