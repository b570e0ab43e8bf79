/// How many blocks there are of something.
#pragma once

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut::kernels::cuda {

constexpr index_t divide_up(index_t count, index_t size) { return (count + size - 1) / size; }

/// Kernels count lines, pixels and blocks in 32 bits. Throws an Error where `count` of `what` doesn't fit.
inline int in_32_bits(index_t count, const char* what) {
  constexpr index_t most = (index_t{1} << 31) - 1;
  if (count > most) fail("Cuda: a kernel counts ", what, " in 32 bits, up to ", most, ", but there are ", count);
  return static_cast<int>(count);
}

}  // namespace taut::kernels::cuda
