/// DeviceArray: numbers in the GPU's own memory.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <memory>
#include <span>

#include "taut/device/cuda/check.cuh"

namespace bench_gpu {

template <class T>
class DeviceArray {
 public:
  /// Zeros.
  explicit DeviceArray(std::size_t count) {
    T* data = nullptr;
    taut::cuda::check(cudaMalloc(reinterpret_cast<void**>(&data), count * sizeof(T)), "cudaMalloc");
    data_.reset(data);
    taut::cuda::check(cudaMemset(data, 0, count * sizeof(T)), "cudaMemset");
  }
  explicit DeviceArray(std::span<const T> values) : DeviceArray(values.size()) {
    taut::cuda::check(cudaMemcpy(data_.get(), values.data(), values.size_bytes(), cudaMemcpyHostToDevice), "cudaMemcpy");
    taut::cuda::check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");  // devices' streams don't wait for the default one
  }

  T* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(T* data) const { static_cast<void>(cudaFree(data)); }
  };
  std::unique_ptr<T, Free> data_;
};

}  // namespace bench_gpu
