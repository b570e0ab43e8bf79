/// Cuda: the device of NVIDIA's GPUs. It only dispatches; the kernels are functions in kernels/cuda.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <memory>

#include "taut/core/call_task.hpp"
#include "taut/device/cuda.hpp"
#include "taut/device/cuda/memory.cuh"
#include "taut/device/cuda/precision.cuh"
#include "taut/device/cuda/recording.cuh"
#include "taut/device/cuda/stream.cuh"
#include "taut/device/device.hpp"
#include "taut/kernels/cuda/activation.cuh"
#include "taut/kernels/cuda/average_pool.cuh"
#include "taut/kernels/cuda/batch_norm.cuh"
#include "taut/kernels/cuda/bias.cuh"
#include "taut/kernels/cuda/branches.cuh"
#include "taut/kernels/cuda/conv2d.cuh"
#include "taut/kernels/cuda/dropout.cuh"
#include "taut/kernels/cuda/element_loss.cuh"
#include "taut/kernels/cuda/group_norm.cuh"
#include "taut/kernels/cuda/linear.cuh"
#include "taut/kernels/cuda/loss.cuh"
#include "taut/kernels/cuda/norm_pool_backward.cuh"
#include "taut/kernels/cuda/norm_pool_forward.cuh"
#include "taut/kernels/cuda/optimizer.cuh"
#include "taut/kernels/cuda/reshape.cuh"
#include "taut/kernels/cuda/softmax.cuh"
#include "taut/kernels/cuda/upsample.cuh"

namespace taut {

/// A GPU with a stream, for float and double. `precision` is what matrix products of float are made in.
/// Kernels run by themselves, in the order of the calls; where a call returns numbers, or writes what lies in the host's memory, it waits.
/// Same input, same GPU, same bits. Movable; one caller at a time.
template <cuda::Precision precision>
class CudaWith {
 public:
  struct Options {
    int device = 0;                 ///< the GPU's number, as nvidia-smi counts
    cudaStream_t stream = nullptr;  ///< of that GPU, to work on; it must outlive the device. Null: one of the device's own
  };

  CudaWith() : CudaWith(Options{}) {}
  explicit CudaWith(Options options) : state_(std::make_unique<State>(options)) {
    cuda::check_precision(options.device, precision);
  }

  int device() const { return state_->stream.device(); }
  /// To launch kernels of one's own on, in turn with this device's.
  cudaStream_t stream() const { return state_->stream.get(); }
  /// Waits for everything that this device was given. While a step is recorded nothing runs that could be waited for.
  void synchronize() const {
    if (state_->recording != nullptr) {
      throw cuda::NotRecordable(
          "TrainingGraph: expected a step that the host only launches, found something that it waits for or computes");
    }
    state_->stream.synchronize();
  }

  /// From now on calls are recorded, until null is given: see TrainingGraph.
  void record(cuda::Recording* recording) { state_->recording = recording; }

  static constexpr MemorySource memory() { return cuda::managed_memory; }
  static constexpr MemorySource exchange_memory() { return cuda::pinned_memory; }

  /// Zeros.
  template <class T>
  void clear(T* data, index_t count) {
    cuda::check(cudaMemsetAsync(data, 0, count * sizeof(T), stream()), "cudaMemsetAsync");
  }

  /// Samples where kernels can read them, until the next call: a copy of what lies in the host's memory.
  template <class T>
  const T* staged(const T* data, index_t count) {
    return state_->samples.copy(state_->stream, data, count);
  }

  /// Calls task(0) … task(tasks − 1) on the host once the GPU has nothing more to do: the kernels of layers of one's own may be plain C++,
  /// at the price of memory that moves to the host and back.
  template <class Task>
  void run(index_t tasks, Task&& task) {
    synchronize();
    for (index_t i = 0; i < tasks; ++i) detail::call_task(task, i, 0);
  }

  template <Conv2dGeometry G, class T>
  static constexpr index_t conv2d_workspace(index_t rows) {
    return kernels::cuda::conv2d_workspace<T>(G, rows);
  }
  template <Conv2dGeometry G, class T>
  void conv2d_forward(index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T* workspace) {
    kernels::cuda::conv2d_forward<T, precision>(stream(), G, rows, x, weight, bias, activation, y, workspace);
  }
  template <Conv2dGeometry G, class T>
  static constexpr index_t conv2d_prepared_size() {
    return G.weight_size();
  }
  /// A copy, because products read the weight as it lies. It may come from the host's memory.
  template <Conv2dGeometry G, class T>
  void conv2d_prepare(const T* weight, T* prepared) {
    cuda::check(cudaMemcpyAsync(prepared, weight, G.weight_size() * sizeof(T), cudaMemcpyDefault, stream()), "cudaMemcpyAsync");
    synchronize();
  }
  template <Conv2dGeometry G, class T>
  void conv2d_forward_prepared(index_t rows, const T* x, const T* prepared, const T* bias, Activation activation, T* y, T* workspace) {
    conv2d_forward<G, T>(rows, x, prepared, bias, activation, y, workspace);
  }
  template <Conv2dGeometry G, class T>
  void conv2d_backward(index_t rows, const T* x, const T* dy, const T* weight, T* dweight, T* dbias, T* dx, T* workspace) {
    if (dweight != nullptr || dbias != nullptr) {
      kernels::cuda::conv2d_backward_weight<T, precision>(stream(), G, rows, x, dy, dweight, dbias, workspace);
    }
    if (dx != nullptr) kernels::cuda::conv2d_backward_input<T, precision>(stream(), G, rows, dy, weight, dx, workspace);
  }

  template <LinearGeometry G, class T>
  static constexpr index_t linear_workspace(index_t rows) {
    return kernels::cuda::linear_workspace<T>(G, rows);
  }
  template <LinearGeometry G, class T>
  void linear_forward(index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T* workspace) {
    kernels::cuda::linear_forward<T, precision>(stream(), G, rows, x, weight, bias, activation, y, workspace);
  }
  template <LinearGeometry G, class T>
  void linear_backward_input(index_t rows, const T* dy, const T* weight, T* dx, T* workspace) {
    kernels::cuda::linear_backward_input<T, precision>(stream(), G, rows, dy, weight, dx, workspace);
  }
  template <LinearGeometry G, class T>
  void linear_backward_weight(index_t rows, const T* x, const T* dy, T* dweight, T* dbias, T* workspace) {
    kernels::cuda::linear_backward_weight<T, precision>(stream(), G, rows, x, dy, dweight, dbias, workspace);
  }

  template <class T>
  void add_bias(index_t pixels, index_t channels, const T* bias, Activation activation, T* y) {
    kernels::cuda::add_bias(stream(), pixels, channels, bias, activation, y);
  }
  template <class T>
  static constexpr index_t column_sums_workspace(index_t pixels, index_t channels) {
    return kernels::cuda::column_sums_workspace(pixels, channels);
  }
  template <class T>
  void column_sums(index_t pixels, index_t channels, const T* x, T* sums, T* workspace) {
    kernels::cuda::column_sums(stream(), pixels, channels, x, sums, workspace);
  }

  template <NormPoolGeometry G, class T>
  static constexpr index_t norm_pool_workspace(index_t rows) {
    return kernels::cuda::norm_pool_workspace(G, rows);
  }
  template <NormPoolGeometry G, class T>
  void batch_norm_statistics(index_t rows, const T* x, BatchNormOptions options, BatchNormVectors<T> norm, T* workspace) {
    kernels::cuda::batch_norm_statistics(stream(), rows * G.in_pixels(), G.channels, x, options, norm, workspace);
  }
  template <NormPoolGeometry G, class T>
  void batch_norm_running(BatchNormOptions options, BatchNormVectors<T> norm) {
    kernels::cuda::batch_norm_running(stream(), G.channels, options, norm);
  }
  template <NormPoolGeometry G, class T>
  void norm_pool_forward(index_t rows, const T* x, const T* scale, const T* shift, T* y, std::uint8_t* argmax) {
    kernels::cuda::norm_pool_forward(stream(), G, rows, x, scale, shift, y, argmax);
  }
  template <NormPoolGeometry G, class T>
  void norm_pool_backward(index_t rows, const T* x, const T* dy, const std::uint8_t* argmax, BatchNormVectors<T> norm, T* dx, T* dgamma,
                          T* dbeta, T* workspace) {
    kernels::cuda::norm_pool_backward(stream(), G, rows, x, dy, argmax, norm, dx, dgamma, dbeta, workspace);
  }

  template <Activation A, class T>
  void activation_forward(index_t count, const T* x, T* y) {
    kernels::cuda::activation_forward(stream(), A, count, x, y);
  }
  template <Activation A, class T>
  void activation_backward(index_t count, const T* saved, const T* dy, T* dx) {
    kernels::cuda::activation_backward(stream(), A, count, saved, dy, dx);
  }

  /// y may lie in the host's memory, as where a model's outputs become probabilities.
  template <class T>
  void softmax(index_t rows, index_t classes, const T* x, T* y) {
    if (cuda::on_device(y)) return kernels::cuda::softmax<false>(stream(), rows, classes, x, y);
    T* const room = state_->results_of_softmax.template of<T>(rows * classes);
    kernels::cuda::softmax<false>(stream(), rows, classes, x, room);
    cuda::check(cudaMemcpyAsync(y, room, rows * classes * sizeof(T), cudaMemcpyDefault, stream()), "cudaMemcpyAsync");
    synchronize();
  }
  template <class T>
  void log_softmax(index_t rows, index_t classes, const T* x, T* y) {
    kernels::cuda::softmax<true>(stream(), rows, classes, x, y);
  }
  template <class T>
  void softmax_backward(index_t rows, index_t classes, const T* y, const T* dy, T* dx) {
    kernels::cuda::softmax_backward<false>(stream(), rows, classes, y, dy, dx);
  }
  template <class T>
  void log_softmax_backward(index_t rows, index_t classes, const T* y, const T* dy, T* dx) {
    kernels::cuda::softmax_backward<true>(stream(), rows, classes, y, dy, dx);
  }

  template <AveragePoolGeometry G, class T>
  void average_pool_forward(index_t rows, const T* x, T* y) {
    kernels::cuda::average_pool_forward(stream(), G, rows, x, y);
  }
  template <AveragePoolGeometry G, class T>
  void average_pool_backward(index_t rows, const T* dy, T* dx) {
    kernels::cuda::average_pool_backward(stream(), G, rows, dy, dx);
  }

  template <GroupNormGeometry G, class T>
  static constexpr index_t group_norm_workspace(index_t rows) {
    return kernels::cuda::group_norm_workspace(G, rows);
  }
  template <GroupNormGeometry G, class T>
  void group_norm_forward(index_t rows, const T* x, const T* weight, const T* bias, double eps, T* y) {
    kernels::cuda::group_norm_forward(stream(), G, rows, x, weight, bias, eps, y);
  }
  template <GroupNormGeometry G, class T>
  void group_norm_backward(index_t rows, const T* x, const T* dy, const T* weight, double eps, T* dx, T* dweight, T* dbias, T* workspace) {
    kernels::cuda::group_norm_backward(stream(), G, rows, x, dy, weight, eps, dx, dweight, dbias, workspace);
  }

  template <ReshapeGeometry G, class T>
  void reshape(index_t rows, const T* x, T* y) {
    kernels::cuda::reshape(stream(), G, rows, x, y);
  }

  template <UpsampleGeometry G, class T>
  void upsample_forward(index_t rows, const T* x, T* y) {
    kernels::cuda::upsample_forward(stream(), G, rows, x, y);
  }
  template <UpsampleGeometry G, class T>
  void upsample_backward(index_t rows, const T* dy, T* dx) {
    kernels::cuda::upsample_backward(stream(), G, rows, dy, dx);
  }

  template <class T>
  void dropout(index_t count, const T* x, T* y, index_t percent, RandomKey key) {
    kernels::cuda::dropout(stream(), count, x, y, percent, key,
                           state_->recording == nullptr ? nullptr : &state_->recording->replayed->key_offset);
  }

  template <class T>
  void add(index_t count, index_t branches, const T* const* x, Activation activation, T* y) {
    kernels::cuda::add(stream(), count, branches, x, activation, y);
  }
  template <class T>
  void add_backward(index_t count, index_t branches, const T* y, const T* dy, Activation activation, T* const* gradients) {
    kernels::cuda::add_backward(stream(), count, branches, y, dy, activation, gradients);
  }
  template <class T>
  void concatenate(index_t pixels, index_t branches, const index_t* channels, const T* const* x, T* y) {
    kernels::cuda::concatenate(stream(), pixels, branches, channels, x, y);
  }
  template <class T>
  void split(index_t pixels, index_t branches, const index_t* channels, const T* dy, T* const* gradients) {
    kernels::cuda::split(stream(), pixels, branches, channels, dy, gradients);
  }

  template <class T>
  LossSums cross_entropy(index_t rows, index_t classes, const T* logits, const std::int32_t* labels, const T* class_weights,
                         double smoothing, T* dlogits) {
    const std::int32_t* const classes_of_rows = state_->targets.copy(state_->stream, labels, rows);
    kernels::cuda::cross_entropy(stream(), rows, classes, logits, classes_of_rows, kept(class_weights, classes), smoothing, dlogits,
                                 partial(), results());
    return sums();
  }

  template <class T>
  LossSums soft_cross_entropy(index_t rows, index_t classes, const T* logits, const T* targets, const T* class_weights, double smoothing,
                              T* dlogits) {
    const T* const shares = state_->targets.copy(state_->stream, targets, rows * classes);
    kernels::cuda::soft_cross_entropy(stream(), rows, classes, logits, shares, kept(class_weights, classes), smoothing, dlogits, partial(),
                                      results());
    return sums();
  }
  template <class T>
  LossSums mse(index_t count, const T* y, const T* targets, T* dy) {
    return element_loss(kernels::cuda::SquaredError<T>{}, count, y, targets, dy);
  }
  template <class T>
  LossSums huber(index_t count, const T* y, const T* targets, double delta, T* dy) {
    return element_loss(kernels::cuda::HuberError<T>{static_cast<T>(delta)}, count, y, targets, dy);
  }
  template <class T>
  LossSums bce_with_logits(index_t count, index_t channels, const T* logits, const T* targets, const T* pos_weight, T* dlogits) {
    const kernels::cuda::BinaryCrossEntropy<T> element{kept(pos_weight, channels), static_cast<std::int64_t>(channels)};
    return element_loss(element, count, logits, targets, dlogits);
  }

  template <class T>
  void adam_step(index_t count, T* parameters, const T* gradients, T* first, T* second, AdamStep step) {
    sweep_by(kernels::cuda::AdamFactors<T>(step), [&](const auto& factors) {
      kernels::cuda::sweep(stream(), count, kernels::cuda::Adam<T>{factors, parameters, gradients, first, second});
    });
  }
  template <class T>
  void sgd_step(index_t count, T* parameters, const T* gradients, T* velocity, SgdStep step) {
    sweep_by(kernels::cuda::SgdFactors<T>(step), [&](const auto& factors) {
      kernels::cuda::sweep(stream(), count, kernels::cuda::Sgd<T>{factors, parameters, gradients, velocity});
    });
  }
  template <class T>
  void rmsprop_step(index_t count, T* parameters, const T* gradients, T* square, T* mean, T* velocity, RMSpropStep step) {
    sweep_by(kernels::cuda::RMSpropFactors<T>(step), [&](const auto& factors) {
      kernels::cuda::sweep(stream(), count, kernels::cuda::RMSprop<T>{factors, parameters, gradients, square, mean, velocity});
    });
  }
  template <class T>
  double sum_of_squares(index_t count, const T* x) {
    kernels::cuda::sum_of_squares(stream(), count, x, partial(), results());
    synchronize();
    return *results();
  }
  template <class T>
  void scale(index_t count, T factor, T* x) {
    kernels::cuda::sweep(stream(), count, kernels::cuda::Scale<T>{factor, x});
  }
  template <class T>
  void lerp(index_t count, T* average, const T* values, double weight) {
    kernels::cuda::sweep(stream(), count, kernels::cuda::Lerp<T>{static_cast<T>(weight), average, values});
  }

 private:
  struct State {
    explicit State(const Options& options) : stream(options.device, options.stream) {}

    cuda::Stream stream;  // first, so that it is destroyed behind what it may still use
    cuda::Room samples, targets, results_of_softmax;
    Arena<double> partial{kernels::cuda::loss_partials, cuda::managed_memory};
    Arena<double> results{kernels::cuda::loss_values, cuda::pinned_memory};
    cuda::Recording* recording = nullptr;
  };

  double* partial() { return state_->partial.data(); }
  double* results() { return state_->recording == nullptr ? state_->results.data() : state_->recording->results; }

  /// A loss's weights where a recorded step will still find them.
  template <class T>
  const T* kept(const T* weights, index_t count) {
    return state_->recording == nullptr ? weights : state_->recording->keep(weights, count);
  }

  /// launch(factors), or what becomes of it while a step is recorded.
  template <class Factors, class Launch>
  void sweep_by(const Factors& now, Launch&& launch) {
    kernels::cuda::StepFactors<Factors> factors{now};
    if (state_->recording != nullptr) factors.replayed = state_->recording->keep(now);
    if (state_->recording == nullptr || state_->recording->launches) launch(factors);
  }

  /// What the loss kernels left in `results`; nothing yet while a step is recorded.
  LossSums sums() {
    if (state_->recording != nullptr) return {};
    synchronize();
    const double* const found = results();
    return {.loss = found[0], .weight = found[1], .correct = static_cast<std::uint64_t>(found[2])};
  }

  template <class T, class Element>
  LossSums element_loss(const Element& element, index_t count, const T* y, const T* targets, T* dy) {
    const T* const copied = state_->targets.copy(state_->stream, targets, count);
    kernels::cuda::element_loss(stream(), element, count, y, copied, dy, partial(), results());
    results()[1] = static_cast<double>(count);  // pinned, and no kernel's
    results()[2] = 0;
    return sums();
  }

  std::unique_ptr<State> state_;
};

/// The device whose products of float are made in float, as the CPU's.
class Cuda : public CudaWith<cuda::Precision::fp32> {
 public:
  using CudaWith<cuda::Precision::fp32>::CudaWith;
};

}  // namespace taut
