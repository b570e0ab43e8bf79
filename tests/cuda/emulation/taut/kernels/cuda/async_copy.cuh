/// Asynchronous copies, emulated: the same functions as include/taut/kernels/cuda/async_copy.cuh, in whose place tests find this header.
/// Nothing is copied before its thread waits for it, so that a wait which was forgotten shows.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace emulation {

struct Copy {
  void* to;
  const void* from;
  int bytes;
};

/// Of one thread of a block: copies in their order, and where each group ends.
struct Copies {
  std::vector<Copy> started;
  std::vector<std::size_t> group_ends;
};
inline thread_local Copies thread_copies[1024];

}  // namespace emulation

namespace taut::kernels::cuda {

template <int bytes>
void copy_async(void* shared, const void* from) {
  static_assert(bytes == 4 || bytes == 8 || bytes == 16);
  if (reinterpret_cast<std::uintptr_t>(shared) % bytes != 0 || reinterpret_cast<std::uintptr_t>(from) % bytes != 0) {
    emulation::stop("an asynchronous copy between addresses that aren't multiples of its size");
  }
  emulation::thread_copies[threadIdx.x].started.push_back({shared, from, bytes});
}

inline void commit_copies() {
  emulation::Copies& copies = emulation::thread_copies[threadIdx.x];
  copies.group_ends.push_back(copies.started.size());
}

template <int pending>
void wait_for_copies() {
  emulation::Copies& copies = emulation::thread_copies[threadIdx.x];
  if (copies.group_ends.size() <= pending) return;
  const std::size_t groups = copies.group_ends.size() - pending, end = copies.group_ends[groups - 1];
  for (std::size_t i = 0; i < end; ++i) {
    const emulation::Copy& copy = copies.started[i];
    std::memcpy(copy.to, copy.from, static_cast<std::size_t>(copy.bytes));
  }
  copies.started.erase(copies.started.begin(), copies.started.begin() + static_cast<std::ptrdiff_t>(end));
  copies.group_ends.erase(copies.group_ends.begin(), copies.group_ends.begin() + static_cast<std::ptrdiff_t>(groups));
  for (std::size_t& group_end : copies.group_ends) group_end -= end;
}

}  // namespace taut::kernels::cuda
