/// Dense device: the dense CUDA kernels as a device that takes memory of the host, for the op table's checks under emulation.
#pragma once

#include <cuda_runtime.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "taut/kernels/cuda/bias.cuh"
#include "taut/kernels/cuda/conv2d.cuh"
#include "taut/kernels/cuda/linear.cuh"

namespace cuda_tests {

using ops::Guarded;
using taut::Activation;
using taut::Conv2dGeometry;
using taut::index_t;
using taut::LinearGeometry;
using taut::cuda::Precision;

/// An operand in a place that is aligned for the widest loads, or the caller's own, which the op table's checks keep unaligned.
template <class T, bool aligned>
class Placed {
 public:
  /// What a kernel reads.
  Placed(const T* given, index_t count) : given_(const_cast<T*>(given)), own_(aligned ? count : 0, 0) {
    if (aligned && given != nullptr) std::copy_n(given, count, own_.data());
  }
  T* data() { return aligned && given_ != nullptr ? own_.data() : given_; }
  /// What a kernel has written goes back.
  void finish() {
    CHECK_MESSAGE(own_.intact(), "written beside an aligned operand");
    if (aligned && given_ != nullptr) std::copy_n(own_.data(), own_.size(), given_);
  }

 private:
  T* given_;
  Guarded<T> own_;
};

template <Precision precision, bool aligned>
class DenseDevice {
  template <class T>
  using Place = Placed<T, aligned>;

 public:
  template <Conv2dGeometry G, class T>
  index_t conv2d_workspace(index_t rows) {
    return taut::kernels::cuda::conv2d_workspace<T>(G, rows);
  }
  template <Conv2dGeometry G, class T>
  void conv2d_forward(index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T* workspace) {
    Place<T> from(x, rows * G.in_size()), factors(weight, G.weight_size()), to(y, rows * G.out_size());
    Place<T> scratch(workspace, taut::kernels::cuda::conv2d_forward_workspace<T>(G, rows));
    taut::kernels::cuda::conv2d_forward<T, precision>(nullptr, G, rows, from.data(), factors.data(), bias, activation, to.data(),
                                                      scratch.data());
    finish(to, scratch);
  }
  template <Conv2dGeometry G, class T>
  void conv2d_backward(index_t rows, const T* x, const T* dy, const T* weight, T* dweight, T* dbias, T* dx, T* workspace) {
    namespace kernels = taut::kernels::cuda;
    Place<T> gradient(dy, rows * G.out_size());
    if (dweight != nullptr || dbias != nullptr) {
      Place<T> from(x, rows * G.in_size()), to(dweight, G.weight_size());
      Place<T> scratch(workspace, kernels::conv2d_backward_weight_workspace<T>(G, rows));
      kernels::conv2d_backward_weight<T, precision>(nullptr, G, rows, from.data(), gradient.data(), to.data(), dbias, scratch.data());
      finish(to, scratch);
    }
    if (dx != nullptr) {
      Place<T> factors(weight, G.weight_size()), to(dx, rows * G.in_size());
      Place<T> scratch(workspace, kernels::conv2d_backward_input_workspace<T>(G, rows));
      kernels::conv2d_backward_input<T, precision>(nullptr, G, rows, gradient.data(), factors.data(), to.data(), scratch.data());
      finish(to, scratch);
    }
  }

  template <LinearGeometry G, class T>
  index_t linear_workspace(index_t rows) {
    return taut::kernels::cuda::linear_workspace<T>(G, rows);
  }
  template <LinearGeometry G, class T>
  void linear_forward(index_t rows, const T* x, const T* weight, const T* bias, Activation activation, T* y, T* workspace) {
    Place<T> from(x, rows * G.in), factors(weight, G.in * G.out), to(y, rows * G.out);
    Place<T> scratch(workspace, taut::kernels::cuda::linear_forward_workspace<T>(G, rows));
    taut::kernels::cuda::linear_forward<T, precision>(nullptr, G, rows, from.data(), factors.data(), bias, activation, to.data(),
                                                      scratch.data());
    finish(to, scratch);
  }
  template <LinearGeometry G, class T>
  void linear_backward_input(index_t rows, const T* dy, const T* weight, T* dx, T* workspace) {
    Place<T> gradient(dy, rows * G.out), factors(weight, G.in * G.out), to(dx, rows * G.in);
    Place<T> scratch(workspace, taut::kernels::cuda::linear_backward_input_workspace<T>(G, rows));
    taut::kernels::cuda::linear_backward_input<T, precision>(nullptr, G, rows, gradient.data(), factors.data(), to.data(), scratch.data());
    finish(to, scratch);
  }
  template <LinearGeometry G, class T>
  void linear_backward_weight(index_t rows, const T* x, const T* dy, T* dweight, T* dbias, T* workspace) {
    Place<T> from(x, rows * G.in), gradient(dy, rows * G.out), to(dweight, G.in * G.out);
    Place<T> scratch(workspace, taut::kernels::cuda::linear_backward_weight_workspace<T>(G, rows));
    taut::kernels::cuda::linear_backward_weight<T, precision>(nullptr, G, rows, from.data(), gradient.data(), to.data(), dbias,
                                                              scratch.data());
    finish(to, scratch);
  }

  template <class T>
  void add_bias(index_t pixels, index_t channels, const T* bias, Activation activation, T* y) {
    taut::kernels::cuda::add_bias(nullptr, pixels, channels, bias, activation, y);
    wait();
  }
  template <class T>
  index_t column_sums_workspace(index_t pixels, index_t channels) {
    return taut::kernels::cuda::column_sums_workspace(pixels, channels);
  }
  template <class T>
  void column_sums(index_t pixels, index_t channels, const T* x, T* sums, T* workspace) {
    taut::kernels::cuda::column_sums(nullptr, pixels, channels, x, sums, workspace);
    wait();
  }

 private:
  static void wait() { taut::cuda::check(cudaDeviceSynchronize(), "cudaDeviceSynchronize"); }
  template <class T>
  static void finish(Place<T>& output, Place<T>& scratch) {
    wait();
    output.finish();
    scratch.finish();
  }
};

}  // namespace cuda_tests

namespace ops {
/// Two runs, the emulated threads in rising and in falling order, must give the same bits.
template <taut::cuda::Precision precision>
inline constexpr std::array<unsigned, 2> thread_counts<cuda_tests::DenseDevice<precision, true>>{1, 1};
template <taut::cuda::Precision precision>
inline constexpr std::array<unsigned, 1> thread_counts<cuda_tests::DenseDevice<precision, false>>{1};
}  // namespace ops
