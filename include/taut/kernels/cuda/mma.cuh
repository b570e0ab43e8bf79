/// Tensor cores: products of fragments, which a warp's 32 lanes hold together.
///
/// Lane l holds of A (16, depth), B (depth, 8) and the sums (16, 8), with g = l / 4 and t = l % 4:
///   tf32, depth 8:  a = A[g][t], A[g + 8][t], A[g][t + 4], A[g + 8][t + 4];  b = B[t][g], B[t + 4][g]
///   bf16, depth 16: the same with pairs, the lower depth in the lower half: A[g][2t, 2t + 1], …; A[g][2t + 8, 2t + 9], …
///   sums = C[g][2t], C[g][2t + 1], C[g + 8][2t], C[g + 8][2t + 1]
/// https://docs.nvidia.com/cuda/parallel-thread-execution/#warp-level-matrix-instructions. Tests replace this header by one of plain C++.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace taut::kernels::cuda {

// Older processors than compute capability 8.0 have none of these instructions, and end a kernel that asks for them.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
__device__ inline std::uint32_t to_tf32(float) { return __trap(), 0; }
__device__ inline std::uint32_t to_bf16(float, float) { return __trap(), 0; }
__device__ inline void mma_tf32(float (&)[4], const std::uint32_t (&)[4], const std::uint32_t (&)[2]) { __trap(); }
__device__ inline void mma_bf16(float (&)[4], const std::uint32_t (&)[4], const std::uint32_t (&)[2]) { __trap(); }
#else

/// Rounded to 11 significant bits, halves away from zero.
__device__ __forceinline__ std::uint32_t to_tf32(float x) {
  std::uint32_t bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
  return bits;
}

/// Two numbers rounded to 8 significant bits, halves to even.
__device__ __forceinline__ std::uint32_t to_bf16(float low, float high) {
  std::uint32_t bits;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(bits) : "f"(high), "f"(low));
  return bits;
}

/// sums += A (16, 8) · B (8, 8).
__device__ __forceinline__ void mma_tf32(float (&sums)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
  asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/// sums += A (16, 16) · B (16, 8).
__device__ __forceinline__ void mma_bf16(float (&sums)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
#endif

}  // namespace taut::kernels::cuda
