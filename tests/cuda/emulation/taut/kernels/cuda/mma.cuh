/// Tensor cores, emulated: the same functions as include/taut/kernels/cuda/mma.cuh, in whose place tests find this header. Lanes bring
/// their fragments together, and each computes its own four sums.
#pragma once

#include <cuda_runtime.h>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace emulation {

/// The upper bits of a float, of which `dropped` fall away.
inline std::uint32_t rounded_bits(float x, unsigned dropped, bool halves_to_even) {
  if (std::isnan(x)) return 0x7FFFFFFFU >> dropped << dropped;
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  const std::uint32_t half = 1U << (dropped - 1), odd = bits >> dropped & 1U;
  return (bits + (halves_to_even ? half - 1 + odd : half)) >> dropped << dropped;
}

inline float float_of(std::uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

/// Fragments of the 32 lanes of each of a block's warps.
struct Fragments {
  std::uint32_t a[32][4], b[32][2];
};
inline thread_local Fragments warp_fragments[32];

/// Waits for the warp, as tensor cores do: memory is in no other order than before.
inline void meet() {
  running->exchange(0xFFFFFFFFU, 0, [](auto&&) { return 0; });
}

/// sums += A · B, where element(fragment, index) is the index-th depth of lane 4·g + t's fragment; `depth` in steps of the fragments.
template <int depth, class Factor>
EMULATOR_CODE void multiply_fragments(float (&sums)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2], Factor&& factor) {
  Fragments& all = warp_fragments[threadIdx.x / 32];
  const unsigned lane = threadIdx.x % 32, g = lane / 4, t = lane % 4;
  for (int i = 0; i < 4; ++i) all.a[lane][i] = a[i];
  for (int i = 0; i < 2; ++i) all.b[lane][i] = b[i];
  meet();
  for (unsigned i = 0; i < 4; ++i) {
    const unsigned row = g + i / 2 * 8, column = 2 * t + i % 2;
    for (unsigned k = 0; k < depth; ++k) {
      // A[row][k] lies with lane 4·(row % 8) + k % 4, B[k][column] with lane 4·column + k % 4, k counted in fragments.
      sums[i] += factor(all.a[row % 8 * 4 + k % 4][row / 8 + k / 4 * 2], all.b[column * 4 + k % 4][k / 4]);
    }
  }
  meet();
}

}  // namespace emulation

namespace taut::kernels::cuda {

inline std::uint32_t to_tf32(float x) { return emulation::rounded_bits(x, 13, false); }

inline std::uint32_t to_bf16(float low, float high) {
  return emulation::rounded_bits(low, 16, true) >> 16 | emulation::rounded_bits(high, 16, true);
}

inline void mma_tf32(float (&sums)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
  emulation::multiply_fragments<8>(sums, a, b, [](std::uint32_t x, std::uint32_t y) {
    return emulation::float_of(x) * emulation::float_of(y);
  });
}

inline void mma_bf16(float (&sums)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
  emulation::multiply_fragments<8>(sums, a, b, [](std::uint32_t x, std::uint32_t y) {
    const float low = emulation::float_of(x << 16) * emulation::float_of(y << 16);
    return low + emulation::float_of(x & 0xFFFF0000U) * emulation::float_of(y & 0xFFFF0000U);
  });
}

}  // namespace taut::kernels::cuda
