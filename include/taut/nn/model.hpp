/// Model: a network with memory, on a device; it trains and it infers.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taut/core/arena.hpp"
#include "taut/core/batch.hpp"
#include "taut/core/error.hpp"
#include "taut/core/for_each_index.hpp"
#include "taut/device/device.hpp"
#include "taut/nn/accept_samples.hpp"
#include "taut/nn/cross_entropy.hpp"
#include "taut/nn/frozen_parameters.hpp"
#include "taut/nn/initialize.hpp"
#include "taut/nn/loss.hpp"
#include "taut/nn/model_misfit.hpp"
#include "taut/nn/sequential.hpp"
#include "taut/nn/step.hpp"
#include "taut/nn/tensor_exchange.hpp"

namespace taut {

/// Owns a network's parameters, gradients, buffers, activations and workspace, one aligned block each, allocated on construction and
/// never again. One caller at a time.
///
/// Net: a Sequential. T: float or double. D: a device (see device/device.hpp). MaxBatch: the most rows of a batch.
template <class Net, class T, class D, index_t MaxBatch = 64>
class Model {
  static_assert(DefinedDevice<D>,
                "this device is declared here but not defined: Cuda is defined in taut/cuda.cuh, for files that nvcc compiles");

 public:
  using Network = Net;
  using Scalar = T;
  using DeviceType = D;
  using Input = BatchView<const T, Net::input_shape>;
  using Output = BatchView<const T, Net::output_shape>;
  static constexpr index_t max_batch = MaxBatch;
  static constexpr const auto& memory = Net::template memory<MaxBatch>;

  explicit Model(Seed seed, D device = D{})
      : device_(std::move(device)),
        seed_(seed),
        parameters_(memory.parameters, memory_of<D>()),
        gradients_(memory.parameters, memory_of<D>()),
        buffers_(memory.buffers, memory_of<D>()),
        activations_(memory.training, memory_of<D>()),
        vectors_(memory.vectors, memory_of<D>()),
        argmax_(memory.argmax_bytes, memory_of<D>()),
        workspace_(workspace_elements(device_), memory_of<D>()),
        loss_scratch_(Net::output_shape.size(), exchange_memory_of<D>()) {
    initialize(Net::plan, seed, parameters_.data(), buffers_.data());
  }

  /// The network's output in inference mode: running statistics, no dropout. The view is valid until the next call.
  template <class Samples>
  Output evaluate(const Samples& samples) {
    const Output output = infer(checked(samples));
    synchronize(device_);
    return output;
  }

  /// The network's output in training mode; moves running statistics, draws dropout masks. `samples` must outlive `backward`.
  template <class Samples>
  Output forward(const Samples& samples) {
    const Output output = run_training_forward(checked(samples));
    synchronize(device_);
    return output;
  }

  /// A temporary batch would be gone before `backward` reads it.
  template <class Samples>
    requires requires { Samples::max_rows; }
  Output forward(const Samples&&) = delete;

  /// Gradients of all parameters from the gradient of the output, for the last `forward`. Overwrites `gradients()`.
  void backward(Output output_gradient) {
    if (input_.data == nullptr) fail("backward expects a forward pass in training mode right before it");
    if (output_gradient.rows != input_.rows) {
      fail("backward expects the gradient of the last forward's ", input_.rows, " rows but got ", output_gradient.rows);
    }
    synchronize(device_);
    std::copy_n(output_gradient.data, output_gradient.rows * Net::output_shape.size(), output_gradient_data());
    run_backward();
  }

  /// One training pass: forward, loss, backward. A loss that isn't finite leaves the gradients alone: see `first_non_finite`.
  /// What `targets` are is the loss's to say: labels for CrossEntropy, a Batch or BatchView of the output's shape for others.
  template <class Samples, class L, class Targets = typename L::template Targets<T, Net::output_shape>>
  LossSums forward_backward(const Samples& samples, const Targets& targets, const L& loss) {
    const auto accepted = checked_targets(checked(samples).rows, targets, loss);
    const Output output = run_training_forward(checked(samples));
    const LossSums sums = loss.sums(device_, output, accepted, loss_scratch_.data(), output_gradient_data());
    if (std::isfinite(sums.loss)) run_backward();
    return sums;
  }

  /// The loss in inference mode; no gradients.
  template <class Samples, class L, class Targets = typename L::template Targets<T, Net::output_shape>>
  LossSums loss(const Samples& samples, const Targets& targets, const L& loss) {
    const auto accepted = checked_targets(checked(samples).rows, targets, loss);
    return loss.sums(device_, infer(checked(samples)), accepted, loss_scratch_.data(), static_cast<T*>(nullptr));
  }

  /// The output of the last forward pass, in either mode.
  Output output() const {
    synchronize(device_);
    return last_output();
  }

  /// Softmax of an output, row by row, into `probabilities` (rows, classes).
  void softmax(Output logits, T* probabilities) {
    static_assert(LossKernels<D, T>, "this device has no loss kernels (cross_entropy, softmax)");
    device_.template softmax<T>(logits.rows, Net::output_shape.size(), logits.data, probabilities);
    synchronize(device_);
  }

  /// The first layer whose output in the last forward pass holds a value that isn't finite, e.g. "layer 4, Conv2d<64,3,Padding{1}>".
  std::optional<std::string> first_non_finite() const {
    synchronize(device_);
    std::optional<std::string> found;
    for_each_step([&]<index_t I>() {
      if (found || Net::plan.edges[I].storage != I) return;
      const LayerPlan& last = Net::plan.layers[Net::plan.steps[I].first + Net::plan.steps[I].count - 1];
      const T* const values = activations_.data() + memory.activation_offset[I];
      for (index_t i = 0; i < input_.rows * last.output.size(); ++i) {
        if (!std::isfinite(values[i])) found = layer_name<Net, namesake(Net::plan.steps[I])>();
        if (found) return;
      }
    });
    return found;
  }

  /// All parameters as one span; alignment gaps between tensors stay zero. Gradients lie at the same offsets.
  std::span<T> parameters() { return waited_for(parameters_).span(); }
  std::span<const T> parameters() const { return waited_for(parameters_).span(); }
  std::span<T> gradients() { return waited_for(gradients_).span(); }
  std::span<const T> gradients() const { return waited_for(gradients_).span(); }
  /// Leaves parameters alone, by PyTorch's names: those of a layer ("0"), a single one ("0.weight") or all (""). Frozen parameters have
  /// gradients of 0 and no optimizer moves or decays them, as with PyTorch's requires_grad_(False). A batch norm whose parameters are all
  /// frozen also keeps its running statistics and normalises by them, as in PyTorch's eval(). The way back ends at the first layer that
  /// isn't frozen. An Error where no parameter has the name.
  void freeze(std::string_view prefix = "") { set_frozen(prefix, true); }
  /// Takes `freeze` back. Optimizers count steps for all parameters at once: a new one is better for what thaws late.
  void unfreeze(std::string_view prefix = "") { set_frozen(prefix, false); }
  /// PyTorch's names of the frozen parameters.
  std::vector<std::string> frozen() const { return frozen_.names(); }
  /// The parameters that aren't frozen: the whole arena where none is.
  std::span<const ParameterSpan> trainable_spans() const { return frozen_.trainable(); }

  /// What isn't trained: running statistics.
  std::span<T> buffers() { return waited_for(buffers_).span(); }
  std::span<const T> buffers() const { return waited_for(buffers_).span(); }

  /// The same spans for the device's own functions, which come in turn: nobody waits for what the device still does to them.
  DeviceArrays<T> arrays() { return {parameters_.span(), gradients_.span(), buffers_.span()}; }

  D& device() { return device_; }

  /// How many training passes there were: dropout masks depend on it, so that a resumed training must restore it.
  std::uint64_t forward_passes() const { return forward_passes_; }
  void set_forward_passes(std::uint64_t passes) { forward_passes_ = passes; }

  /// Every parameter and buffer with PyTorch's names, shapes and order.
  std::vector<NamedTensor<T>> export_tensors() const { return taut::export_tensors<Net>(parameters().data(), buffers_.data()); }

  /// The gradient of every parameter, likewise.
  std::vector<NamedTensor<T>> export_gradients() const {
    return taut::export_tensors<Net>(gradients().data(), static_cast<const T*>(nullptr));
  }

  /// Takes every parameter and buffer from `tensors`, in any order. Throws an Error that names the tensor and layer which don't fit;
  /// then the model is as it was.
  void import_tensors(std::span<const NamedTensor<T>> tensors) {
    taut::import_tensors<Net>(tensors, parameters().data(), buffers_.data());
  }

  /// Elements of workspace that this device needs: the most that any step asks for.
  static index_t workspace_elements(D& device) {
    index_t most = 0;
    for_each_step([&]<index_t I>() { most = std::max(most, step_t<Net, I>::template workspace<T>(device, MaxBatch)); });
    return most;
  }

 private:
  static constexpr index_t steps = Net::plan.step_count;

  /// The layer that a step is named after: the first that owns tensors, else the first.
  static constexpr index_t namesake(StepSpan step) {
    for (index_t i = step.first; i < step.first + step.count; ++i) {
      if (Net::plan.layers[i].tensors.count != 0) return i;
    }
    return step.first;
  }

  template <class Visit>
  static void for_each_step(Visit&& visit) {
    for_each_index<steps>(visit);
  }

  template <class Samples>
  static Input checked(const Samples& samples) {
    return detail::accept_samples<Net, T, MaxBatch>(samples, "model");
  }

  template <class Array>
  Array& waited_for(Array& array) const {
    synchronize(device_);
    return array;
  }

  Output last_output() const { return {activations_.data() + memory.activation_offset[steps - 1], input_.rows}; }

  Output infer(Input input) {
    const Output output = run_forward(input, Mode::inference);
    input_.data = nullptr;  // nothing to go back from
    return output;
  }

  Output run_training_forward(Input input) {
    const Output output = run_forward(input, Mode::training);
    ++forward_passes_;
    return output;
  }

  /// A step's output, or the samples.
  const T* value(index_t step) const {
    const index_t storage = step == network_input ? network_input : Net::plan.edges[step].storage;
    return storage == network_input ? input_.data : activations_.data() + memory.activation_offset[storage];
  }

  /// The gradient of a step's output; null where nobody asks for it.
  T* gradient(index_t step) {
    if (step == network_input || !Net::plan.edges[step].has_gradient()) return nullptr;
    return activations_.data() + memory.gradient_offset[step];
  }

  template <index_t I>
  StepMemory<T> step_memory() {
    StepMemory<T> step;
    step.rows = input_.rows;
    constexpr const StepEdges& edges = Net::plan.edges[I];
    step.y = activations_.data() + memory.activation_offset[I];
    step.dy = gradient(I);
    step.x = value(edges.sources[0]);
    step.dx = gradient(edges.sources[0]);
    constexpr bool joins = ends_branches(Net::plan.layers[Net::plan.steps[I].first].role), forks = edges.branches.count != 0;
    step.branches = joins ? edges.sources.count : edges.branches.count;
    for (index_t b = 0; joins && b < edges.sources.count; ++b) {
      step.branch_x[b] = value(edges.sources[b]);
      step.branch_gradient[b] = gradient(edges.sources[b]);
    }
    for (index_t b = 0; forks && b < edges.branches.count; ++b) step.branch_gradient[b] = gradient(edges.branches[b]);
    step.parameters = parameters_.data();
    step.gradients = gradients_.data();
    step.buffers = buffers_.data();
    step.vectors = vectors_.data() + memory.vectors_offset[I];
    step.argmax = argmax_.data() + memory.argmax_offset[I];
    step.workspace = workspace_.data();
    step.frozen = frozen_.step(I);
    return step;
  }

  template <index_t I>
  RandomKey dropout_key(std::uint64_t pass) const {
    return {fork(seed_.value, 0xD0), pass * steps + I};
  }

  // Defined outside of the class, so that a program which declares `extern template class Model<…>` compiles the kernels in one file.
  // One line each: a lambda that is a template would keep nvcc from compiling them there.
  Output run_forward(Input input, Mode mode);
  void run_backward();

  Output step_forward(Input input, Mode mode) {
    input_ = {staged(device_, input.data, input.rows * Net::input_shape.size()), input.rows};
    for_each_step([&]<index_t I>() {
      StepMemory<T> step = step_memory<I>();
      step.key = dropout_key<I>(forward_passes_);
      step_t<Net, I>::forward(device_, step, mode);
    });
    return last_output();
  }

  void step_backward() {
    for_each_step([&]<index_t Reversed>() {
      constexpr index_t I = steps - 1 - Reversed;
      if (I < frozen_.first_step()) return;
      StepMemory<T> step = step_memory<I>();
      step.key = dropout_key<I>(forward_passes_ - 1);
      step_t<Net, I>::backward(device_, step);
    });
    clear_gradients(frozen_.written());
    input_.data = nullptr;
  }

  void set_frozen(std::string_view prefix, bool frozen) {
    frozen_.set(prefix, frozen);
    clear_gradients(frozen_.frozen());
  }

  void clear_gradients(std::span<const ParameterSpan> spans) {
    for (const ParameterSpan span : spans) clear(device_, gradients_.data() + span.begin, span.end - span.begin);
  }

  T* output_gradient_data() { return gradient(steps - 1); }

  /// Before anything moves.
  template <class Targets, class L>
  static auto checked_targets(index_t rows, const Targets& targets, const L& loss) {
    const auto accepted = detail::accept_targets<Net, T, L>(targets);
    loss.check(rows, accepted);
    return accepted;
  }

  D device_;
  Seed seed_;
  Arena<T> parameters_, gradients_, buffers_, activations_, vectors_;
  Arena<std::uint8_t> argmax_;
  Arena<T> workspace_, loss_scratch_;
  FrozenParameters<Net> frozen_;
  Input input_{};
  std::uint64_t forward_passes_ = 0;
};

template <class Net, class T, class D, index_t MaxBatch>
auto Model<Net, T, D, MaxBatch>::run_forward(Input input, Mode mode) -> Output {
  return step_forward(input, mode);
}

template <class Net, class T, class D, index_t MaxBatch>
void Model<Net, T, D, MaxBatch>::run_backward() {
  step_backward();
}

}  // namespace taut
