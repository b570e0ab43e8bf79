/// Cuda device: how the op table's checks run on it. Kernels have ended when their call returns, and operands lie where they can be reached.
#pragma once

#include <array>
#include <cstdlib>

#include "ops/devices.hpp"
#include "ops/guarded.hpp"
#include "taut/device/cuda.cuh"

namespace ops {

template <>
inline constexpr std::array<unsigned, 1> thread_counts<taut::Cuda>{1};

/// Before the first call of CUDA, which reads the variable once.
inline const bool cuda_is_set_up = [] {
  setenv("CUDA_LAUNCH_BLOCKING", "1", 1);
  operand_memory = taut::cuda::managed_memory;
  return true;
}();

}  // namespace ops
