/// FastDivision: division by a number that is known when a kernel is launched.
#pragma once

#include <cuda_runtime.h>

#include <bit>
#include <cstdint>

#include "taut/core/shape.hpp"

namespace taut::kernels::cuda {

/// n / divisor for 0 ≤ n < 2³¹ and 1 ≤ divisor < 2³¹ by a multiplication and a shift, where hardware takes some twenty instructions:
/// multiplier = ⌈2^(31 + shift) / divisor⌉ with 2^shift ≥ divisor is exact (Granlund and Montgomery, "Division by invariant integers
/// using multiplication", 1994, theorem 4.2).
class FastDivision {
 public:
  FastDivision() = default;
  explicit FastDivision(index_t divisor)
      : divisor_(static_cast<int>(divisor)), shift_(static_cast<std::uint32_t>(std::bit_width(divisor - 1))) {
    multiplier_ = static_cast<std::uint32_t>(((std::uint64_t{1} << (31 + shift_)) + divisor - 1) / divisor);
  }

  __device__ int quotient(int n) const {
    const std::uint64_t product = std::uint64_t{2 * static_cast<std::uint32_t>(n)} * multiplier_;
    return static_cast<int>(static_cast<std::uint32_t>(product >> 32) >> shift_);
  }
  __device__ int remainder(int n, int quotient) const { return n - quotient * divisor_; }

 private:
  int divisor_ = 1;
  std::uint32_t multiplier_ = std::uint32_t{1} << 31, shift_ = 0;
};

}  // namespace taut::kernels::cuda
