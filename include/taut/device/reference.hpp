/// Reference: the device of plain loops. Slow, for any scalar, and what every other device is held to.
#pragma once

#include <algorithm>
#include <cmath>

#include "taut/core/call_task.hpp"
#include "taut/device/device.hpp"
#include "taut/kernels/reference/activation.hpp"
#include "taut/kernels/reference/average_pool.hpp"
#include "taut/kernels/reference/bias.hpp"
#include "taut/kernels/reference/branches.hpp"
#include "taut/kernels/reference/convolution.hpp"
#include "taut/kernels/reference/dense_loss.hpp"
#include "taut/kernels/reference/dropout.hpp"
#include "taut/kernels/reference/group_norm.hpp"
#include "taut/kernels/reference/linear.hpp"
#include "taut/kernels/reference/loss.hpp"
#include "taut/kernels/reference/norm_pool.hpp"
#include "taut/kernels/reference/optimizer.hpp"
#include "taut/kernels/reference/reshape.hpp"
#include "taut/kernels/reference/softmax.hpp"
#include "taut/kernels/reference/upsample.hpp"

namespace taut {

class Reference {
 public:
  /// Calls task(0) … task(tasks - 1) in order.
  template <class Task>
  void run(index_t tasks, Task&& task) {
    for (index_t i = 0; i < tasks; ++i) detail::call_task(task, i, 0);
  }

  template <Conv2dGeometry G, class T>
  static constexpr index_t conv2d_workspace(index_t) {
    return 0;
  }
  template <Conv2dGeometry G, class T>
  void conv2d_forward(index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T*) {
    kernels::reference::convolution_forward(G, rows, x, weight, bias, activation, y);
  }
  template <Conv2dGeometry G, class T>
  static constexpr index_t conv2d_prepared_size() {
    return G.weight_size();
  }
  template <Conv2dGeometry G, class T>
  void conv2d_prepare(const T* weight, T* prepared) {
    std::copy_n(weight, G.weight_size(), prepared);
  }
  template <Conv2dGeometry G, class T>
  void conv2d_forward_prepared(index_t rows, const T* x, const T* prepared, const T* bias, Activation activation, T* y, T*) {
    kernels::reference::convolution_forward(G, rows, x, prepared, bias, activation, y);
  }
  template <Conv2dGeometry G, class T>
  void conv2d_backward(index_t rows, const T* x, const T* dy, const T* weight, T* dweight, T* dbias, T* dx, T*) {
    if (dweight != nullptr) kernels::reference::convolution_backward_weight(G, rows, x, dy, dweight, dbias);
    if (dx != nullptr) kernels::reference::convolution_backward_input(G, rows, dy, weight, dx);
  }

  template <LinearGeometry G, class T>
  static constexpr index_t linear_workspace(index_t) {
    return 0;
  }
  template <LinearGeometry G, class T>
  void linear_forward(index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T*) {
    kernels::reference::linear_forward(G, rows, x, weight, bias, activation, y);
  }
  template <LinearGeometry G, class T>
  void linear_backward_input(index_t rows, const T* dy, const T* weight, T* dx, T*) {
    kernels::reference::linear_backward_input(G, rows, dy, weight, dx);
  }
  template <LinearGeometry G, class T>
  void linear_backward_weight(index_t rows, const T* x, const T* dy, T* dweight, T* dbias, T*) {
    kernels::reference::linear_backward_weight(G, rows, x, dy, dweight, dbias);
  }

  template <class T>
  void add_bias(index_t pixels, index_t channels, const T* bias, Activation activation, T* y) {
    kernels::reference::add_bias(pixels, channels, bias, activation, y);
  }
  template <class T>
  static constexpr index_t column_sums_workspace(index_t, index_t) {
    return 0;
  }
  template <class T>
  void column_sums(index_t pixels, index_t channels, const T* x, T* sums, T*) {
    kernels::reference::column_sums(pixels, channels, x, sums);
  }

  template <NormPoolGeometry G, class T>
  static constexpr index_t norm_pool_workspace(index_t) {
    return 0;
  }
  template <NormPoolGeometry G, class T>
  void batch_norm_statistics(index_t rows, const T* x, BatchNormOptions options, BatchNormVectors<T> norm, T*) {
    const index_t pixels = rows * G.in_pixels();
    kernels::reference::channel_statistics(pixels, G.channels, x, norm.mean, norm.inv_std);
    const double unbiased = pixels > 1 ? static_cast<double>(pixels) / static_cast<double>(pixels - 1) : 1;
    for (index_t c = 0; c < G.channels; ++c) {
      const double mean = static_cast<double>(norm.mean[c]), variance = static_cast<double>(norm.inv_std[c]);
      norm.running_mean[c] += static_cast<T>(options.momentum * (mean - static_cast<double>(norm.running_mean[c])));
      norm.running_variance[c] +=
          static_cast<T>(options.momentum * (variance * unbiased - static_cast<double>(norm.running_variance[c])));
      norm.inv_std[c] = static_cast<T>(1 / std::sqrt(variance + options.eps));
      norm.scale[c] = norm.gamma[c] * norm.inv_std[c];
      norm.shift[c] = norm.beta[c] - norm.mean[c] * norm.scale[c];
    }
  }
  template <NormPoolGeometry G, class T>
  void batch_norm_running(BatchNormOptions options, BatchNormVectors<T> norm) {
    for (index_t c = 0; c < G.channels; ++c) {
      norm.scale[c] = norm.gamma[c] * static_cast<T>(1 / std::sqrt(static_cast<double>(norm.running_variance[c]) + options.eps));
      norm.shift[c] = norm.beta[c] - norm.running_mean[c] * norm.scale[c];
    }
  }
  template <NormPoolGeometry G, class T>
  void norm_pool_forward(index_t rows, const T* x, const T* scale, const T* shift, T* y, std::uint8_t* argmax) {
    kernels::reference::norm_pool_forward(G, rows, x, scale, shift, y, argmax);
  }
  template <NormPoolGeometry G, class T>
  void norm_pool_backward(index_t rows, const T* x, const T* dy, const std::uint8_t* argmax, BatchNormVectors<T> norm, T* dx, T* dgamma,
                          T* dbeta, T*) {
    kernels::reference::activation_pool_backward(G, rows, x, norm.scale, norm.shift, dy, argmax, dx);
    if constexpr (G.normalize) {
      if (dgamma == nullptr) return kernels::reference::scale_channels(rows * G.in_pixels(), G.channels, norm.scale, dx);
      kernels::reference::batch_norm_backward(rows * G.in_pixels(), G.channels, x, norm.gamma, norm.mean, norm.inv_std, dx, dgamma, dbeta);
    }
  }

  template <Activation A, class T>
  void activation_forward(index_t count, const T* x, T* y) {
    kernels::reference::activation_forward(A, count, x, y);
  }
  template <Activation A, class T>
  void activation_backward(index_t count, const T* saved, const T* dy, T* dx) {
    kernels::reference::activation_backward(A, count, saved, dy, dx);
  }

  template <class T>
  void softmax(index_t rows, index_t classes, const T* x, T* y) {
    kernels::reference::softmax(rows, classes, x, y);
  }
  template <class T>
  void log_softmax(index_t rows, index_t classes, const T* x, T* y) {
    kernels::reference::log_softmax(rows, classes, x, y);
  }
  template <class T>
  void softmax_backward(index_t rows, index_t classes, const T* y, const T* dy, T* dx) {
    kernels::reference::softmax_backward(rows, classes, y, dy, dx);
  }
  template <class T>
  void log_softmax_backward(index_t rows, index_t classes, const T* y, const T* dy, T* dx) {
    kernels::reference::log_softmax_backward(rows, classes, y, dy, dx);
  }

  template <AveragePoolGeometry G, class T>
  void average_pool_forward(index_t rows, const T* x, T* y) {
    kernels::reference::average_pool_forward(G, rows, x, y);
  }
  template <AveragePoolGeometry G, class T>
  void average_pool_backward(index_t rows, const T* dy, T* dx) {
    kernels::reference::average_pool_backward(G, rows, dy, dx);
  }

  template <GroupNormGeometry G, class T>
  static constexpr index_t group_norm_workspace(index_t) {
    return 0;
  }
  template <GroupNormGeometry G, class T>
  void group_norm_forward(index_t rows, const T* x, const T* weight, const T* bias, double eps, T* y) {
    kernels::reference::group_norm_forward(G, rows, x, weight, bias, eps, y);
  }
  template <GroupNormGeometry G, class T>
  void group_norm_backward(index_t rows, const T* x, const T* dy, const T* weight, double eps, T* dx, T* dweight, T* dbias, T*) {
    kernels::reference::group_norm_backward(G, rows, x, dy, weight, eps, dx, dweight, dbias);
  }

  template <ReshapeGeometry G, class T>
  void reshape(index_t rows, const T* x, T* y) {
    kernels::reference::reshape(G, rows, x, y);
  }

  template <UpsampleGeometry G, class T>
  void upsample_forward(index_t rows, const T* x, T* y) {
    kernels::reference::upsample_forward(G, rows, x, y);
  }
  template <UpsampleGeometry G, class T>
  void upsample_backward(index_t rows, const T* dy, T* dx) {
    kernels::reference::upsample_backward(G, rows, dy, dx);
  }

  template <class T>
  void dropout(index_t count, const T* x, T* y, index_t percent, RandomKey key) {
    kernels::reference::dropout(count, x, y, percent, key);
  }

  template <class T>
  void add(index_t count, index_t branches, const T* const* x, Activation activation, T* y) {
    kernels::reference::add(count, branches, x, activation, y);
  }
  template <class T>
  void add_backward(index_t count, index_t branches, const T* y, const T* dy, Activation activation, T* const* gradients) {
    kernels::reference::add_backward(count, branches, y, dy, activation, gradients);
  }
  template <class T>
  void concatenate(index_t pixels, index_t branches, const index_t* channels, const T* const* x, T* y) {
    kernels::reference::concatenate(pixels, branches, channels, x, y);
  }
  template <class T>
  void split(index_t pixels, index_t branches, const index_t* channels, const T* dy, T* const* gradients) {
    kernels::reference::split(pixels, branches, channels, dy, gradients);
  }

  template <class T>
  LossSums cross_entropy(index_t rows, index_t classes, const T* logits, const std::int32_t* labels, const T* class_weights,
                         double smoothing, T* dlogits) {
    return kernels::reference::cross_entropy(rows, classes, logits, labels, class_weights, smoothing, dlogits);
  }

  template <class T>
  LossSums soft_cross_entropy(index_t rows, index_t classes, const T* logits, const T* targets, const T* class_weights, double smoothing,
                              T* dlogits) {
    return kernels::reference::soft_cross_entropy(rows, classes, logits, targets, class_weights, smoothing, dlogits);
  }
  template <class T>
  LossSums mse(index_t count, const T* y, const T* targets, T* dy) {
    return kernels::reference::mse(count, y, targets, dy);
  }
  template <class T>
  LossSums huber(index_t count, const T* y, const T* targets, double delta, T* dy) {
    return kernels::reference::huber(count, y, targets, delta, dy);
  }
  template <class T>
  LossSums bce_with_logits(index_t count, index_t channels, const T* logits, const T* targets, const T* pos_weight, T* dlogits) {
    return kernels::reference::bce_with_logits(count, channels, logits, targets, pos_weight, dlogits);
  }

  template <class T>
  void adam_step(index_t count, T* parameters, const T* gradients, T* first, T* second, AdamStep step) {
    kernels::reference::adam_step(count, parameters, gradients, first, second, step);
  }
  template <class T>
  void sgd_step(index_t count, T* parameters, const T* gradients, T* velocity, SgdStep step) {
    kernels::reference::sgd_step(count, parameters, gradients, velocity, step);
  }
  template <class T>
  void rmsprop_step(index_t count, T* parameters, const T* gradients, T* square, T* mean, T* velocity, RMSpropStep step) {
    kernels::reference::rmsprop_step(count, parameters, gradients, square, mean, velocity, step);
  }
  template <class T>
  double sum_of_squares(index_t count, const T* x) {
    return kernels::reference::sum_of_squares(count, x);
  }
  template <class T>
  void scale(index_t count, T factor, T* x) {
    for (index_t i = 0; i < count; ++i) x[i] *= factor;
  }
  template <class T>
  void lerp(index_t count, T* average, const T* values, double weight) {
    for (index_t i = 0; i < count; ++i) average[i] += static_cast<T>(weight) * (values[i] - average[i]);
  }
};

}  // namespace taut
