/// ConvolutionStep: a convolution, or a transposed one, with its bias and, where one follows, its activation.
#pragma once

#include <algorithm>

#include "taut/nn/steps/weighted_step.hpp"

namespace taut {

namespace detail {

template <auto Geometry>
struct ConvolutionCalls {
  template <class T, class D>
  static index_t workspace(D& device, index_t rows) {
    static_assert(ConvolutionKernels<D, T>, "this device has no convolution kernels (conv2d_workspace, conv2d_forward, conv2d_backward)");
    return device.template conv2d_workspace<Geometry, T>(rows);
  }
  template <class T>
  static void forward(auto& device, index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T* workspace) {
    device.template conv2d_forward<Geometry, T>(rows, x, weight, bias, activation, y, workspace);
  }
  template <class D, class T>
  static constexpr index_t prepared_size() {
    static_assert(PreparedConvolutionKernels<D, T>,
                  "this device has no kernels for prepared convolutions (conv2d_prepared_size, conv2d_prepare, conv2d_forward_prepared)");
    return D::template conv2d_prepared_size<Geometry, T>();
  }
  template <class T>
  static void prepare(auto& device, const T* weight, T* prepared) {
    device.template conv2d_prepare<Geometry, T>(weight, prepared);
  }
  template <class T>
  static void forward_prepared(auto& device, index_t rows, const T* x, const T* prepared, const T* bias, Activation activation, T* y,
                               T* workspace) {
    device.template conv2d_forward_prepared<Geometry, T>(rows, x, prepared, bias, activation, y, workspace);
  }
  template <class T>
  static void backward(auto& device, index_t rows, const T* x, const T* dy, const T* weight, T* dweight, T* dbias, T* dx, T* workspace) {
    device.template conv2d_backward<Geometry, T>(rows, x, dy, weight, dweight, dbias, dx, workspace);
  }
  /// The output channel that an element of the weight (kh, kw, in / groups, out) belongs to.
  static constexpr index_t output_of(index_t element) { return element % Geometry.out_channels; }
};

/// A transposed convolution's forward pass is the gradient of a convolution's input, and the other way round.
template <auto Geometry>
struct TransposedConvolutionCalls {
  static constexpr index_t channels = Geometry.in_channels, pixels = Geometry.in_pixels();

  template <class T, class D>
  static index_t workspace(D& device, index_t rows) {
    static_assert(ConvolutionKernels<D, T>, "this device has no convolution kernels (conv2d_workspace, conv2d_forward, conv2d_backward)");
    static_assert(BiasKernels<D, T>, "this device has no kernels for a bias (add_bias, column_sums_workspace, column_sums)");
    return std::max(device.template conv2d_workspace<Geometry, T>(rows), device.template column_sums_workspace<T>(rows * pixels, channels));
  }
  template <class T>
  static void forward(auto& device, index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T* workspace) {
    constexpr const T* none = nullptr;
    device.template conv2d_backward<Geometry, T>(rows, none, x, weight, nullptr, nullptr, y, workspace);
    if (bias != nullptr || activation != Activation::identity) device.template add_bias<T>(rows * pixels, channels, bias, activation, y);
  }
  template <class D, class T>
  static constexpr index_t prepared_size() {
    return Geometry.weight_size();
  }
  template <class T>
  static void prepare(auto&, const T* weight, T* prepared) {
    std::copy_n(weight, Geometry.weight_size(), prepared);
  }
  template <class T>
  static void forward_prepared(auto& device, index_t rows, const T* x, const T* prepared, const T* bias, Activation activation, T* y,
                               T* workspace) {
    forward(device, rows, x, prepared, bias, activation, y, workspace);
  }
  template <class T>
  static void backward(auto& device, index_t rows, const T* x, const T* dy, const T* weight, T* dweight, T* dbias, T* dx, T* workspace) {
    constexpr const T* none = nullptr;
    if (dweight != nullptr) device.template conv2d_backward<Geometry, T>(rows, dy, x, none, dweight, nullptr, nullptr, workspace);
    if (dx != nullptr) device.template conv2d_forward<Geometry, T>(rows, dy, weight, none, Activation::identity, dx, workspace);
    if (dbias != nullptr) device.template column_sums<T>(rows * pixels, channels, dy, dbias, workspace);
  }
  /// The output channel that an element of the weight (kh, kw, out / groups, in) belongs to.
  static constexpr index_t output_of(index_t element) {
    const index_t in = Geometry.out_channels, group = element % in / Geometry.group_out_channels();
    return group * Geometry.group_in_channels() + element / in % Geometry.group_in_channels();
  }
};

}  // namespace detail

template <class Net, StepSpan Span>
using ConvolutionStep = WeightedStep<Net, Span, detail::ConvolutionCalls>;

template <class Net, StepSpan Span>
using TransposedConvolutionStep = WeightedStep<Net, Span, detail::TransposedConvolutionCalls>;

}  // namespace taut
