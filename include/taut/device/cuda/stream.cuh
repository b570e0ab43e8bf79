/// Stream: what a GPU does one after the other, and what it needs beside a model's arrays for it.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstddef>

#include "taut/core/arena.hpp"
#include "taut/device/cuda/check.cuh"
#include "taut/device/cuda/memory.cuh"

namespace taut::cuda {

/// A stream of one GPU: its own, or, where one is given, that one, which must outlive it. Neither moves nor copies: what was launched keeps
/// pointers into it.
class Stream {
 public:
  explicit Stream(int device, cudaStream_t given = nullptr) : device_(device), owns_(given == nullptr), stream_(given) {
    check(cudaSetDevice(device), "cudaSetDevice");
    if (owns_) check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { static_cast<void>(owns_ ? cudaStreamDestroy(stream_) : cudaStreamSynchronize(stream_)); }

  /// To launch on: the calling thread may have used another GPU before.
  cudaStream_t get() const {
    check(cudaSetDevice(device_), "cudaSetDevice");
    return stream_;
  }
  int device() const { return device_; }

  /// Waits for all that was launched. Errors of kernels turn up here.
  void synchronize() const { check(cudaStreamSynchronize(get()), "cudaStreamSynchronize"); }

 private:
  int device_;
  bool owns_;
  cudaStream_t stream_;
};

/// Room on the GPU that grows with what is asked of it, for copies of what lies elsewhere.
class Room {
 public:
  /// `count` elements, valid until the next call.
  template <class T>
  T* of(index_t count) {
    const std::size_t bytes = count * sizeof(T);
    if (bytes > block_.size()) {
      block_ = {};  // before the larger one is asked for; waits for whoever still reads it
      block_ = Arena<unsigned char>(bytes, managed_memory);
    }
    return reinterpret_cast<T*>(block_.data());
  }

  /// The host's elements where kernels can read them: where they lie, or a copy.
  template <class T>
  const T* copy(const Stream& stream, const T* data, index_t count) {
    if (data == nullptr || on_device(data)) return data;
    T* const room = of<T>(count);
    check(cudaMemcpyAsync(room, data, count * sizeof(T), cudaMemcpyDefault, stream.get()), "cudaMemcpyAsync");
    return room;
  }

 private:
  Arena<unsigned char> block_;
};

}  // namespace taut::cuda
