/// Launch: how every kernel is started, with its errors as Errors and without CUDA's <<<…>>>, which only nvcc understands.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <source_location>
#include <string>
#include <utility>

#include "taut/device/cuda/check.cuh"

namespace taut::cuda {

/// How many blocks a launch has, and how many bytes of dynamic shared memory each.
struct Grid {
  unsigned x = 1, y = 1, z = 1;
  std::size_t shared = 0;
  std::source_location where = std::source_location::current();
};

/// The dynamic shared memory of the running block: as many bytes as its Grid says, aligned for every scalar and vector.
template <class T>
__device__ __forceinline__ T* dynamic_shared() {
  extern __shared__ __align__(16) unsigned char dynamic_shared_bytes[];
  return reinterpret_cast<T*>(dynamic_shared_bytes);
}

/// Runs kernel(args...) on `stream` in `blocks` of `threads`, in the order of the stream; nothing where there are no blocks.
/// An Error says what was launched where it cannot be.
template <class... Parameters, class... Args>
void launch(cudaStream_t stream, Grid blocks, unsigned threads, void (*kernel)(Parameters...), Args&&... args) {
  if (blocks.x == 0 || blocks.y == 0 || blocks.z == 0) return;
  constexpr std::size_t without_asking = 48 * 1024;  // what a block may have of any kernel
  if (blocks.shared > without_asking) {
    check(cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel), cudaFuncAttributeMaxDynamicSharedMemorySize,
                               static_cast<int>(blocks.shared)),
          "cudaFuncSetAttribute", blocks.where);
  }
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(blocks.x, blocks.y, blocks.z);
  config.blockDim = dim3(threads);
  config.dynamicSmemBytes = blocks.shared;
  config.stream = stream;
  const cudaError_t result = cudaLaunchKernelEx(&config, kernel, std::forward<Args>(args)...);
  if (result == cudaSuccess) return;
  const std::string call = "launching " + std::to_string(blocks.x) + " x " + std::to_string(blocks.y) + " x " + std::to_string(blocks.z) +
                           " blocks of " + std::to_string(threads) + " threads";
  check(result, call.c_str(), blocks.where);
}

}  // namespace taut::cuda
