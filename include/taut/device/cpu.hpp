/// Cpu: the device of vector kernels and threads. It only dispatches; the kernels are functions in kernels/cpu.
#pragma once

#include <algorithm>
#include <memory>

#include "taut/core/parallel.hpp"
#include "taut/device/device.hpp"
#include "taut/kernels/cpu/activation.hpp"
#include "taut/kernels/cpu/average_pool.hpp"
#include "taut/kernels/cpu/batch_norm.hpp"
#include "taut/kernels/cpu/bce_with_logits.hpp"
#include "taut/kernels/cpu/bias.hpp"
#include "taut/kernels/cpu/branches.hpp"
#include "taut/kernels/cpu/column_sums.hpp"
#include "taut/kernels/cpu/conv2d.hpp"
#include "taut/kernels/cpu/cross_entropy.hpp"
#include "taut/kernels/cpu/dropout.hpp"
#include "taut/kernels/cpu/element_loss.hpp"
#include "taut/kernels/cpu/gemm.hpp"
#include "taut/kernels/cpu/group_norm.hpp"
#include "taut/kernels/cpu/linear.hpp"
#include "taut/kernels/cpu/norm_pool_backward.hpp"
#include "taut/kernels/cpu/norm_pool_forward.hpp"
#include "taut/kernels/cpu/optimizer.hpp"
#include "taut/kernels/cpu/rmsprop.hpp"
#include "taut/kernels/cpu/soft_cross_entropy.hpp"
#include "taut/kernels/cpu/reshape.hpp"
#include "taut/kernels/cpu/softmax.hpp"
#include "taut/kernels/cpu/upsample.hpp"

namespace taut {

using XsimdGemm = kernels::cpu::XsimdGemm;

/// `Gemm` supplies matrix products, `Threads` runs numbered tasks (ThreadPool, SingleThread), `Algorithm` says how convolutions are done.
/// For float and double.
/// Same input, same bits, whatever the number of threads. Movable; one caller at a time.
template <class Gemm = XsimdGemm, class Threads = ThreadPool, ConvolutionAlgorithm Algorithm = ConvolutionAlgorithm::automatic>
class Cpu {
 public:
  /// `threads` includes the caller; 0 means one a hardware thread.
  explicit Cpu(unsigned threads = 0) : threads_(std::make_unique<Threads>(threads)) {}

  unsigned threads() const { return threads_->threads(); }

  /// Calls task(0) … task(tasks - 1), each once, as ThreadPool::run does.
  template <class Task>
  void run(index_t tasks, Task&& task) {
    threads_->run(tasks, task);
  }

  template <Conv2dGeometry G, class T>
  index_t conv2d_workspace(index_t rows) const {
    return kernels::cpu::conv2d_workspace<G, T, Gemm, Algorithm>(rows, threads());
  }
  template <Conv2dGeometry G, class T>
  void conv2d_forward(index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T* workspace) {
    kernels::cpu::conv2d_forward<G, T, Gemm, Algorithm>(*threads_, rows, x, weight, bias, activation, y, workspace);
  }
  template <Conv2dGeometry G, class T>
  static constexpr index_t conv2d_prepared_size() {
    return kernels::cpu::conv2d_prepared_size<G, T, Gemm, Algorithm>();
  }
  template <Conv2dGeometry G, class T>
  void conv2d_prepare(const T* weight, T* prepared) {
    kernels::cpu::conv2d_prepare<G, T, Gemm, Algorithm>(*threads_, weight, prepared);
  }
  template <Conv2dGeometry G, class T>
  void conv2d_forward_prepared(index_t rows, const T* x, const T* prepared, const T* bias, Activation activation, T* y, T* workspace) {
    kernels::cpu::conv2d_forward_prepared<G, T, Gemm, Algorithm>(*threads_, rows, x, prepared, bias, activation, y, workspace);
  }
  template <Conv2dGeometry G, class T>
  void conv2d_backward(index_t rows, const T* x, const T* dy, const T* weight, T* dweight, T* dbias, T* dx, T* workspace) {
    kernels::cpu::conv2d_backward<G, T, Gemm, Algorithm>(*threads_, rows, x, dy, weight, dweight, dbias, dx, workspace);
  }

  template <LinearGeometry G, class T>
  static constexpr index_t linear_workspace(index_t rows) {
    return kernels::cpu::linear_workspace<G, T, Gemm>(rows);
  }
  template <LinearGeometry G, class T>
  void linear_forward(index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T* workspace) {
    kernels::cpu::linear_forward<G, T, Gemm>(*threads_, rows, x, weight, bias, activation, y, workspace);
  }
  template <LinearGeometry G, class T>
  void linear_backward_input(index_t rows, const T* dy, const T* weight, T* dx, T* workspace) {
    kernels::cpu::linear_backward_input<G, T, Gemm>(*threads_, rows, dy, weight, dx, workspace);
  }
  template <LinearGeometry G, class T>
  void linear_backward_weight(index_t rows, const T* x, const T* dy, T* dweight, T* dbias, T* workspace) {
    kernels::cpu::linear_backward_weight<G, T, Gemm>(*threads_, rows, x, dy, dweight, dbias, workspace);
  }

  template <class T>
  void add_bias(index_t pixels, index_t channels, const T* bias, Activation activation, T* y) {
    kernels::cpu::add_bias(*threads_, pixels, channels, bias, activation, y);
  }
  template <class T>
  static constexpr index_t column_sums_workspace(index_t pixels, index_t channels) {
    return kernels::cpu::column_sums_workspace(pixels, channels);
  }
  template <class T>
  void column_sums(index_t pixels, index_t channels, const T* x, T* sums, T* workspace) {
    kernels::cpu::column_sums(*threads_, pixels, channels, x, sums, workspace);
  }

  template <NormPoolGeometry G, class T>
  static constexpr index_t norm_pool_workspace(index_t rows) {
    return std::max(kernels::cpu::batch_norm_statistics_workspace<G>(rows), kernels::cpu::norm_pool_backward_workspace<G>(rows));
  }
  template <NormPoolGeometry G, class T>
  void batch_norm_statistics(index_t rows, const T* x, BatchNormOptions options, BatchNormVectors<T> norm, T* workspace) {
    kernels::cpu::batch_norm_statistics<G>(*threads_, rows, x, options, norm, workspace);
  }
  template <NormPoolGeometry G, class T>
  void batch_norm_running(BatchNormOptions options, BatchNormVectors<T> norm) {
    kernels::cpu::batch_norm_running<G>(options, norm);
  }
  template <NormPoolGeometry G, class T>
  void norm_pool_forward(index_t rows, const T* x, const T* scale, const T* shift, T* y, std::uint8_t* argmax) {
    kernels::cpu::norm_pool_forward<G>(*threads_, rows, x, scale, shift, y, argmax);
  }
  template <NormPoolGeometry G, class T>
  void norm_pool_backward(index_t rows, const T* x, const T* dy, const std::uint8_t* argmax, BatchNormVectors<T> norm, T* dx, T* dgamma,
                          T* dbeta, T* workspace) {
    kernels::cpu::norm_pool_backward<G>(*threads_, rows, x, dy, argmax, norm, dx, dgamma, dbeta, workspace);
  }

  template <Activation A, class T>
  void activation_forward(index_t count, const T* x, T* y) {
    kernels::cpu::activation_forward<A>(*threads_, count, x, y);
  }
  template <Activation A, class T>
  void activation_backward(index_t count, const T* saved, const T* dy, T* dx) {
    kernels::cpu::activation_backward<A>(*threads_, count, saved, dy, dx);
  }

  template <class T>
  void softmax(index_t rows, index_t classes, const T* x, T* y) {
    kernels::cpu::softmax(*threads_, rows, classes, x, y);
  }
  template <class T>
  void log_softmax(index_t rows, index_t classes, const T* x, T* y) {
    kernels::cpu::log_softmax(*threads_, rows, classes, x, y);
  }
  template <class T>
  void softmax_backward(index_t rows, index_t classes, const T* y, const T* dy, T* dx) {
    kernels::cpu::softmax_backward(*threads_, rows, classes, y, dy, dx);
  }
  template <class T>
  void log_softmax_backward(index_t rows, index_t classes, const T* y, const T* dy, T* dx) {
    kernels::cpu::log_softmax_backward(*threads_, rows, classes, y, dy, dx);
  }

  template <AveragePoolGeometry G, class T>
  void average_pool_forward(index_t rows, const T* x, T* y) {
    kernels::cpu::average_pool_forward<G>(*threads_, rows, x, y);
  }
  template <AveragePoolGeometry G, class T>
  void average_pool_backward(index_t rows, const T* dy, T* dx) {
    kernels::cpu::average_pool_backward<G>(*threads_, rows, dy, dx);
  }

  template <GroupNormGeometry G, class T>
  static constexpr index_t group_norm_workspace(index_t rows) {
    return kernels::cpu::group_norm_workspace<G>(rows);
  }
  template <GroupNormGeometry G, class T>
  void group_norm_forward(index_t rows, const T* x, const T* weight, const T* bias, double eps, T* y) {
    kernels::cpu::group_norm_forward<G>(*threads_, rows, x, weight, bias, eps, y);
  }
  template <GroupNormGeometry G, class T>
  void group_norm_backward(index_t rows, const T* x, const T* dy, const T* weight, double eps, T* dx, T* dweight, T* dbias, T* workspace) {
    kernels::cpu::group_norm_backward<G>(*threads_, rows, x, dy, weight, eps, dx, dweight, dbias, workspace);
  }

  template <ReshapeGeometry G, class T>
  void reshape(index_t rows, const T* x, T* y) {
    kernels::cpu::reshape<G>(*threads_, rows, x, y);
  }

  template <UpsampleGeometry G, class T>
  void upsample_forward(index_t rows, const T* x, T* y) {
    kernels::cpu::upsample_forward<G>(*threads_, rows, x, y);
  }
  template <UpsampleGeometry G, class T>
  void upsample_backward(index_t rows, const T* dy, T* dx) {
    kernels::cpu::upsample_backward<G>(*threads_, rows, dy, dx);
  }

  template <class T>
  void dropout(index_t count, const T* x, T* y, index_t percent, RandomKey key) {
    kernels::cpu::dropout(*threads_, count, x, y, percent, key);
  }

  template <class T>
  void add(index_t count, index_t branches, const T* const* x, Activation activation, T* y) {
    kernels::cpu::add(*threads_, count, branches, x, activation, y);
  }
  template <class T>
  void add_backward(index_t count, index_t branches, const T* y, const T* dy, Activation activation, T* const* gradients) {
    kernels::cpu::add_backward(*threads_, count, branches, y, dy, activation, gradients);
  }
  template <class T>
  void concatenate(index_t pixels, index_t branches, const index_t* channels, const T* const* x, T* y) {
    kernels::cpu::concatenate(*threads_, pixels, branches, channels, x, y);
  }
  template <class T>
  void split(index_t pixels, index_t branches, const index_t* channels, const T* dy, T* const* gradients) {
    kernels::cpu::split(*threads_, pixels, branches, channels, dy, gradients);
  }

  template <class T>
  LossSums cross_entropy(index_t rows, index_t classes, const T* logits, const std::int32_t* labels, const T* class_weights,
                         double smoothing, T* dlogits) {
    return kernels::cpu::cross_entropy(*threads_, rows, classes, logits, labels, class_weights, smoothing, dlogits);
  }

  template <class T>
  LossSums soft_cross_entropy(index_t rows, index_t classes, const T* logits, const T* targets, const T* class_weights, double smoothing,
                              T* dlogits) {
    return kernels::cpu::soft_cross_entropy(*threads_, rows, classes, logits, targets, class_weights, smoothing, dlogits);
  }
  template <class T>
  LossSums mse(index_t count, const T* y, const T* targets, T* dy) {
    return kernels::cpu::mse(*threads_, count, y, targets, dy);
  }
  template <class T>
  LossSums huber(index_t count, const T* y, const T* targets, double delta, T* dy) {
    return kernels::cpu::huber(*threads_, count, y, targets, delta, dy);
  }
  template <class T>
  LossSums bce_with_logits(index_t count, index_t channels, const T* logits, const T* targets, const T* pos_weight, T* dlogits) {
    return kernels::cpu::bce_with_logits(*threads_, count, channels, logits, targets, pos_weight, dlogits);
  }

  template <class T>
  void adam_step(index_t count, T* parameters, const T* gradients, T* first, T* second, AdamStep step) {
    kernels::cpu::adam_step(*threads_, count, parameters, gradients, first, second, step);
  }
  template <class T>
  void sgd_step(index_t count, T* parameters, const T* gradients, T* momentum, SgdStep step) {
    kernels::cpu::sgd_step(*threads_, count, parameters, gradients, momentum, step);
  }
  template <class T>
  void rmsprop_step(index_t count, T* parameters, const T* gradients, T* square, T* mean, T* velocity, RMSpropStep step) {
    kernels::cpu::rmsprop_step(*threads_, count, parameters, gradients, square, mean, velocity, step);
  }
  template <class T>
  double sum_of_squares(index_t count, const T* x) {
    return kernels::cpu::sum_of_squares(*threads_, count, x);
  }
  template <class T>
  void scale(index_t count, T factor, T* x) {
    kernels::cpu::scale(*threads_, count, factor, x);
  }
  template <class T>
  void lerp(index_t count, T* average, const T* values, double weight) {
    kernels::cpu::lerp(*threads_, count, average, values, weight);
  }

 private:
  std::unique_ptr<Threads> threads_;  // a pool doesn't move, a device does
};

}  // namespace taut
