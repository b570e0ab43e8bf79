/// parallel_blocks: cuts a sweep into tasks by its size alone, so that results don't depend on the number of threads.
#pragma once

#include <algorithm>

#include "taut/core/shape.hpp"
#include "taut/kernels/cpu/gemm_blocking.hpp"

namespace taut::kernels::cpu {

/// task(begin, end, i) for each of the blocks [begin, end) of [0, count) that are `block` long (the last may be shorter).
template <class Threads, class Task>
void parallel_blocks(Threads& threads, index_t count, index_t block, Task&& task) {
  threads.run((count + block - 1) / block, [&](index_t i) { task(i * block, std::min(count, (i + 1) * block), i); });
}

/// The same blocks, but all on the calling thread where `elements`, what the sweep touches, are too few to share.
template <class Threads, class Task>
void serial_or_parallel_blocks(Threads& threads, index_t elements, index_t count, index_t block, Task&& task) {
  if (elements >= parallel_elements) return parallel_blocks(threads, count, block, task);
  for (index_t i = 0; i * block < count; ++i) task(i * block, std::min(count, (i + 1) * block), i);
}

}  // namespace taut::kernels::cpu
