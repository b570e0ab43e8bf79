/// Asynchronous copies from memory to shared memory, which pass no register. Tests replace this header by one of plain C++.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace taut::kernels::cuda {

// Older processors than compute capability 8.0 copy at once.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
template <int bytes>
__device__ __forceinline__ void copy_async(void* shared, const void* from) {
  memcpy(shared, from, bytes);
}
__device__ inline void commit_copies() {}
template <int pending>
__device__ void wait_for_copies() {}
#else

/// Starts to copy 4, 8 or 16 bytes, between addresses that are multiples of that.
template <int bytes>
__device__ __forceinline__ void copy_async(void* shared, const void* from) {
  const auto to = static_cast<std::uint32_t>(__cvta_generic_to_shared(shared));
  asm volatile("cp.async.ca.shared.global [%0], [%1], %2;" ::"r"(to), "l"(from), "n"(bytes) : "memory");
}

/// Makes one group of the copies that the thread has started since the last.
__device__ __forceinline__ void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

/// Waits for the thread's groups but for the `pending` latest. What other threads copied needs a barrier too.
template <int pending>
__device__ __forceinline__ void wait_for_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}
#endif

}  // namespace taut::kernels::cuda
