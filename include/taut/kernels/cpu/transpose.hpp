/// transpose: a square of a matrix, turned round in registers.
#pragma once

#include <type_traits>

#include "taut/kernels/cpu/simd.hpp"

#if defined(__AVX__)
#include <immintrin.h>
#endif

namespace taut::kernels::cpu {

/// The side of the squares: 256-bit vectors where there are such or wider ones, else a Vector<T>.
template <class T>
inline constexpr index_t transpose_side = width<T>;
#if defined(__AVX__)
template <>
inline constexpr index_t transpose_side<float> = 8;
template <>
inline constexpr index_t transpose_side<double> = 4;
#endif

namespace detail {

#if defined(__AVX__)
template <index_t lines>
[[gnu::always_inline]] inline void transpose_avx(const float* from, index_t from_step, float* to, index_t to_step) {
  __m256 line[8], pair[8];
#pragma GCC unroll 8
  for (index_t i = 0; i < 8; ++i) line[i] = i < lines ? _mm256_loadu_ps(from + i * from_step) : _mm256_setzero_ps();
#pragma GCC unroll 8
  for (index_t i = 0; i < 8; i += 2) {
    pair[i] = _mm256_unpacklo_ps(line[i], line[i + 1]);
    pair[i + 1] = _mm256_unpackhi_ps(line[i], line[i + 1]);
  }
#pragma GCC unroll 8
  for (index_t i = 0; i < 8; i += 4) {
    line[i] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0x44);
    line[i + 1] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0xEE);
    line[i + 2] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0x44);
    line[i + 3] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0xEE);
  }
#pragma GCC unroll 8
  for (index_t i = 0; i < 4; ++i) _mm256_storeu_ps(to + i * to_step, _mm256_permute2f128_ps(line[i], line[i + 4], 0x20));
#pragma GCC unroll 8
  for (index_t i = 0; i < 4; ++i) _mm256_storeu_ps(to + (i + 4) * to_step, _mm256_permute2f128_ps(line[i], line[i + 4], 0x31));
}

template <index_t lines>
[[gnu::always_inline]] inline void transpose_avx(const double* from, index_t from_step, double* to, index_t to_step) {
  __m256d line[4];
#pragma GCC unroll 8
  for (index_t i = 0; i < 4; ++i) line[i] = i < lines ? _mm256_loadu_pd(from + i * from_step) : _mm256_setzero_pd();
  const __m256d even01 = _mm256_unpacklo_pd(line[0], line[1]), odd01 = _mm256_unpackhi_pd(line[0], line[1]);
  const __m256d even23 = _mm256_unpacklo_pd(line[2], line[3]), odd23 = _mm256_unpackhi_pd(line[2], line[3]);
  _mm256_storeu_pd(to, _mm256_permute2f128_pd(even01, even23, 0x20));
  _mm256_storeu_pd(to + to_step, _mm256_permute2f128_pd(odd01, odd23, 0x20));
  _mm256_storeu_pd(to + 2 * to_step, _mm256_permute2f128_pd(even01, even23, 0x31));
  _mm256_storeu_pd(to + 3 * to_step, _mm256_permute2f128_pd(odd01, odd23, 0x31));
}
#endif

}  // namespace detail

/// to[j·to_step + i] = from[i·from_step + j] for i < lines and j < side, and zero for lines ≤ i < side.
/// Ensures: j goes upwards, so that lines of `to` that overlap end up with what the next one writes.
template <index_t lines, class T>
[[gnu::always_inline]] inline void transpose(const T* from, index_t from_step, T* to, index_t to_step) {
  constexpr index_t side = transpose_side<T>;
  static_assert(lines <= side);
#if defined(__AVX__)
  if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) return detail::transpose_avx<lines>(from, from_step, to, to_step);
#endif
  for (index_t j = 0; j < side; ++j) {
    for (index_t i = 0; i < side; ++i) to[j * to_step + i] = i < lines ? from[i * from_step + j] : T{0};
  }
}

}  // namespace taut::kernels::cpu
