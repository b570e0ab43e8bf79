/// Memory: blocks that the GPU reads and writes, and the host too once the GPU has been waited for.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstring>

#include "taut/core/arena.hpp"
#include "taut/core/error.hpp"
#include "taut/core/grouped_text.hpp"
#include "taut/device/cuda/check.cuh"

namespace taut::cuda {

/// Zeros in managed memory: pages move to whoever touches them, so that what only kernels use stays on the GPU, and host code may read it
/// as any other. An Error where the GPU has less free: it could borrow the host's, at a fraction of the speed.
inline void* allocate_managed(std::size_t bytes) {
  std::size_t free = 0, all = 0;
  check(cudaMemGetInfo(&free, &all), "cudaMemGetInfo");
  void* block = nullptr;
  const cudaError_t result = bytes > free ? cudaErrorMemoryAllocation : cudaMallocManaged(&block, bytes, cudaMemAttachGlobal);
  if (result == cudaErrorMemoryAllocation) {
    static_cast<void>(cudaGetLastError());
    fail("Cuda: expected ", grouped_text(bytes), " bytes of the GPU's memory, found ", grouped_text(free), " of ", grouped_text(all),
         " free: a smaller MaxBatch needs less");
  }
  check(result, "cudaMallocManaged");
  const cudaError_t cleared = cudaMemset(block, 0, bytes);
  if (cleared != cudaSuccess) static_cast<void>(cudaFree(block));
  check(cleared, "cudaMemset");
  return block;
}

/// Zeros in the host's memory that kernels reach over the bus: for a few numbers that both sides write again and again, where pages
/// moving to and fro would take longer.
inline void* allocate_pinned(std::size_t bytes) {
  void* block = nullptr;
  check(cudaMallocHost(&block, bytes), "cudaMallocHost");
  return std::memset(block, 0, bytes);
}

// Whoever releases memory can't do anything about an error any more: a process that ends, mostly, whose driver has gone.
inline constexpr MemorySource managed_memory{.allocate = allocate_managed,
                                             .release = [](void* block) { static_cast<void>(cudaFree(block)); }};
inline constexpr MemorySource pinned_memory{.allocate = allocate_pinned,
                                            .release = [](void* block) { static_cast<void>(cudaFreeHost(block)); }};

/// Whether kernels can read what a pointer points to where it lies, at the GPU's own speed.
inline bool on_device(const void* pointer) {
  cudaPointerAttributes attributes{};
  check(cudaPointerGetAttributes(&attributes, pointer), "cudaPointerGetAttributes");
  return attributes.type == cudaMemoryTypeManaged || attributes.type == cudaMemoryTypeDevice;
}

}  // namespace taut::cuda
