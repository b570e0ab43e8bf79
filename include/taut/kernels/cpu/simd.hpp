/// simd: the one header that knows xsimd (8.1 and newer); every other kernel is written on Vector<T> and the functions below.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <xsimd/xsimd.hpp>

#include "taut/core/shape.hpp"

#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace taut::kernels::cpu {

namespace detail {

/// Stands in for a batch where the target has no SIMD registers for T.
template <class T>
struct OneLane {
  static constexpr std::size_t size = 1;
  T value;

  OneLane() = default;
  OneLane(T initial) : value(initial) {}
  static OneLane load_unaligned(const T* from) { return {*from}; }
  void store_unaligned(T* to) const { *to = value; }

  friend OneLane operator+(OneLane a, OneLane b) { return a.value + b.value; }
  friend OneLane operator-(OneLane a, OneLane b) { return a.value - b.value; }
  friend OneLane operator*(OneLane a, OneLane b) { return a.value * b.value; }
  friend OneLane operator/(OneLane a, OneLane b) { return a.value / b.value; }
  friend OneLane operator&(OneLane a, OneLane b) { return a.value & b.value; }
  friend OneLane operator|(OneLane a, OneLane b) { return a.value | b.value; }
  friend OneLane operator^(OneLane a, OneLane b) { return a.value ^ b.value; }
  friend OneLane operator<<(OneLane a, int bits) { return a.value << bits; }
  friend OneLane operator>>(OneLane a, int bits) { return a.value >> bits; }
  friend bool operator>(OneLane a, OneLane b) { return a.value > b.value; }
  friend bool operator==(OneLane a, OneLane b) { return a.value == b.value; }
  friend bool operator!=(OneLane a, OneLane b) { return a.value != b.value; }
};

template <class T>
inline constexpr bool has_registers = xsimd::types::has_simd_register<T, xsimd::default_arch>::value;

}  // namespace detail

/// The widest vector of T that the instruction set compiled for offers.
template <class T>
using Vector = std::conditional_t<detail::has_registers<T>, xsimd::batch<T>, detail::OneLane<T>>;

/// Lanes of a Vector<T>.
template <class T>
inline constexpr index_t width = Vector<T>::size;

/// How many vector registers there are to plan with.
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr index_t vector_registers = 32;
#else
inline constexpr index_t vector_registers = 16;
#endif

// load_vector and store_vector are not called load and store: xsimd's functions of those names would be found by their arguments,
// and they require alignment.
template <class T>
[[gnu::always_inline]] inline Vector<T> load_vector(const T* from) {
  return Vector<T>::load_unaligned(from);
}

template <class T>
[[gnu::always_inline]] inline void store_vector(T* to, std::type_identity_t<Vector<T>> vector) {
  vector.store_unaligned(to);
}

template <class T>
[[gnu::always_inline]] inline Vector<T> broadcast(T value) {
  return Vector<T>(value);
}

/// The first `lanes` lanes from memory, zero in the others.
template <class T>
inline Vector<T> load_first(const T* from, index_t lanes) {
  T buffer[width<T>]{};
  std::memcpy(buffer, from, lanes * sizeof(T));
  return load_vector(buffer);
}

/// Writes the first `lanes` lanes and nothing else.
template <class T>
inline void store_first(T* to, std::type_identity_t<Vector<T>> vector, index_t lanes) {
  T buffer[width<T>];
  store_vector(buffer, vector);
  std::memcpy(to, buffer, lanes * sizeof(T));
}

/// load_first where `lanes` is less than a whole vector.
template <index_t lanes, class T>
[[gnu::always_inline]] inline Vector<T> load_lanes(const T* from) {
  if constexpr (lanes == width<T>) {
    return load_vector(from);
  } else {
    return load_first(from, lanes);
  }
}

/// store_first where `lanes` is less than a whole vector.
template <index_t lanes, class T>
[[gnu::always_inline]] inline void store_lanes(T* to, std::type_identity_t<Vector<T>> vector) {
  if constexpr (lanes == width<T>) {
    store_vector(to, vector);
  } else {
    store_first(to, vector, lanes);
  }
}

/// Bytes as numbers, zero in lanes from `lanes` on. Compilers make one conversion of the loop.
template <index_t lanes, class T>
[[gnu::always_inline]] inline Vector<T> load_bytes(const std::uint8_t* from) {
#if defined(__AVX512F__)
  // g++ makes two 256-bit halves of the loop, and a 512-bit load can't be forwarded from two stores: twice the time of a whole sweep.
  if constexpr (std::is_same_v<T, float> && lanes == width<T>) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    constexpr auto all = static_cast<__mmask16>(-1);
    return Vector<T>(_mm512_maskz_cvtepi32_ps(all, _mm512_maskz_cvtepu8_epi32(all, bytes)));
  }
#elif defined(__AVX2__)
  if constexpr (std::is_same_v<T, float> && lanes == width<T>) {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
    return Vector<T>(_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes)));
  }
#endif
  alignas(64) T buffer[width<T>]{};
  for (index_t i = 0; i < lanes; ++i) buffer[i] = static_cast<T>(from[i]);
  return load_vector(buffer);
}

/// Whole numbers from 0 to 255 as bytes.
template <index_t lanes, class T>
[[gnu::always_inline]] inline void store_bytes(std::uint8_t* to, std::type_identity_t<Vector<T>> vector) {
#if defined(__AVX512F__)
  if constexpr (std::is_same_v<T, float> && lanes == width<T>) {
    constexpr auto all = static_cast<__mmask16>(-1);
    const __m128i bytes = _mm512_maskz_cvtepi32_epi8(all, _mm512_maskz_cvtps_epi32(all, vector));
    return _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  }
#elif defined(__AVX2__)
  if constexpr (std::is_same_v<T, float> && lanes == width<T>) {
    const __m256i numbers = _mm256_cvtps_epi32(vector);
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(numbers), _mm256_extracti128_si256(numbers, 1));
    return _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_packus_epi16(words, words));
  }
#endif
  alignas(64) T buffer[width<T>];
  store_vector(buffer, vector);
  for (index_t i = 0; i < lanes; ++i) to[i] = static_cast<std::uint8_t>(buffer[i]);
}

/// The same value, that g++ takes for news: it stays in its register for all that use it, where g++ might rather load it again for each
/// of them, more loads than fit beside the multiply-adds.
template <class T>
[[gnu::always_inline]] inline xsimd::batch<T> in_register(xsimd::batch<T> vector) {
#if defined(__GNUC__) && !defined(__clang__) && defined(__SSE2__)
  asm("" : "+v"(vector.data));
#endif
  return vector;
}
template <class T>
detail::OneLane<T> in_register(detail::OneLane<T> value) {
  return value;
}

/// visit(channel, lanes) for each vector of `channels` elements; `lanes`, an integral_constant, is short for the last where it must be.
template <index_t channels, class T, class Visit>
[[gnu::always_inline]] inline void for_each_vector(Visit&& visit) {
  index_t channel = 0;
  for (; channel + width<T> <= channels; channel += width<T>) visit(channel, std::integral_constant<index_t, width<T>>{});
  if constexpr (channels % width<T> != 0) visit(channel, std::integral_constant<index_t, channels % width<T>>{});
}

/// visit(channel, vectors, lanes) for `group` whole vectors at a time, then for the vectors that remain, one at a time.
/// `vectors` and `lanes`, those of each vector, are integral_constants.
template <index_t channels, index_t group, class T, class Visit>
[[gnu::always_inline]] inline void for_each_group(Visit&& visit) {
  constexpr index_t step = group * width<T>, whole = channels / step * step;
  for (index_t channel = 0; channel < whole; channel += step) {
    visit(channel, std::integral_constant<index_t, group>{}, std::integral_constant<index_t, width<T>>{});
  }
  for_each_vector<channels - whole, T>([&](index_t channel, auto lanes) __attribute__((always_inline)) {
    visit(whole + channel, std::integral_constant<index_t, 1>{}, lanes);
  });
}

/// a·b + c, fused where the target can. xsimd 8.1 has no fma for AVX-512 and clang doesn't fuse its generic one.
template <class T>
[[gnu::always_inline]] inline xsimd::batch<T> fma(const xsimd::batch<T>& a, const xsimd::batch<T>& b, const xsimd::batch<T>& c) {
#if defined(__AVX512F__)
  if constexpr (std::is_same_v<T, float>) return _mm512_fmadd_ps(a, b, c);
  if constexpr (std::is_same_v<T, double>) return _mm512_fmadd_pd(a, b, c);
#endif
  return xsimd::fma(a, b, c);
}
template <class T>
detail::OneLane<T> fma(detail::OneLane<T> a, detail::OneLane<T> b, detail::OneLane<T> c) {
  return a.value * b.value + c.value;
}

/// The larger of each lane; a NaN in `b` stays one.
template <class T>
[[gnu::always_inline]] inline xsimd::batch<T> max(const xsimd::batch<T>& a, const xsimd::batch<T>& b) {
#if defined(__AVX512F__)
  // Masked by ones: g++ 12 warns of its own uninitialised operand in the plain intrinsic.
  if constexpr (std::is_same_v<T, float>) return _mm512_maskz_max_ps(static_cast<__mmask16>(-1), a, b);
  if constexpr (std::is_same_v<T, double>) return _mm512_maskz_max_pd(static_cast<__mmask8>(-1), a, b);
#endif
  return xsimd::max(a, b);
}
template <class T>
detail::OneLane<T> max(detail::OneLane<T> a, detail::OneLane<T> b) {
  return a.value > b.value ? a : b;
}

/// The smaller of each lane; a NaN in `b` stays one.
template <class T>
[[gnu::always_inline]] inline xsimd::batch<T> min(const xsimd::batch<T>& a, const xsimd::batch<T>& b) {
#if defined(__AVX512F__)
  if constexpr (std::is_same_v<T, float>) return _mm512_maskz_min_ps(static_cast<__mmask16>(-1), a, b);
  if constexpr (std::is_same_v<T, double>) return _mm512_maskz_min_pd(static_cast<__mmask8>(-1), a, b);
#endif
  return xsimd::min(a, b);
}
template <class T>
detail::OneLane<T> min(detail::OneLane<T> a, detail::OneLane<T> b) {
  return b.value > a.value ? a : b;
}

template <class T>
[[gnu::always_inline]] inline xsimd::batch<T> sqrt(const xsimd::batch<T>& a) {
#if defined(__AVX512F__)
  if constexpr (std::is_same_v<T, float>) return _mm512_maskz_sqrt_ps(static_cast<__mmask16>(-1), a);
  if constexpr (std::is_same_v<T, double>) return _mm512_maskz_sqrt_pd(static_cast<__mmask8>(-1), a);
#endif
  return xsimd::sqrt(a);
}
template <class T>
detail::OneLane<T> sqrt(detail::OneLane<T> a) {
  return std::sqrt(a.value);
}

/// Lane by lane: `a` where the comparison held, `b` elsewhere.
template <class T>
[[gnu::always_inline]] inline xsimd::batch<T> select(const xsimd::batch_bool<T>& held, const xsimd::batch<T>& a, const xsimd::batch<T>& b) {
  return xsimd::select(held, a, b);
}
template <class T>
detail::OneLane<T> select(bool held, detail::OneLane<T> a, detail::OneLane<T> b) {
  return held ? a : b;
}

/// Whether the comparison held in every lane.
template <class T>
[[gnu::always_inline]] inline bool all(const xsimd::batch_bool<T>& held) {
  return xsimd::all(held);
}
inline bool all(bool held) { return held; }

/// 2^k. Requires whole numbers k for which that is a normal number; any others make some number.
template <class T>
[[gnu::always_inline]] inline xsimd::batch<T> power_of_two(const xsimd::batch<T>& k) {
  using Bits = std::conditional_t<sizeof(T) == sizeof(std::uint32_t), std::uint32_t, std::uint64_t>;
  constexpr int mantissa = std::numeric_limits<T>::digits - 1;
  constexpr T place = T{3} * static_cast<T>(Bits{1} << (mantissa - 1)) + static_cast<T>(std::numeric_limits<T>::max_exponent - 1);
  // The sum's low bits are the biased exponent; shifted up, they are all that is left of it.
  const auto bits = std::bit_cast<xsimd::batch<Bits>>(k + xsimd::batch<T>(place));
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == sizeof(std::uint32_t)) {
    return std::bit_cast<xsimd::batch<T>>(_mm512_maskz_slli_epi32(static_cast<__mmask16>(-1), bits, mantissa));
  } else {
    return std::bit_cast<xsimd::batch<T>>(_mm512_maskz_slli_epi64(static_cast<__mmask8>(-1), bits, mantissa));
  }
#else
  return std::bit_cast<xsimd::batch<T>>(bits << mantissa);
#endif
}
template <class T>
detail::OneLane<T> power_of_two(detail::OneLane<T> k) {
  return std::exp2(k.value);
}

/// Whole products of the low 32 bits of each lane.
[[gnu::always_inline]] inline Vector<std::uint64_t> multiply_low_halves(Vector<std::uint64_t> a, Vector<std::uint64_t> b) {
#if defined(__AVX512F__)
  return Vector<std::uint64_t>(_mm512_maskz_mul_epu32(static_cast<__mmask8>(-1), a, b));
#elif defined(__AVX2__)
  return Vector<std::uint64_t>(_mm256_mul_epu32(a, b));
#elif defined(__SSE2__) && !defined(__AVX__)
  return Vector<std::uint64_t>(_mm_mul_epu32(a, b));
#else
  std::uint64_t products[width<std::uint64_t>], factors[width<std::uint64_t>];
  store_vector(products, a);
  store_vector(factors, b);
  for (index_t i = 0; i < width<std::uint64_t>; ++i) products[i] = (products[i] & UINT32_MAX) * (factors[i] & UINT32_MAX);
  return load_vector(products);
#endif
}

/// The high 32 bits of each lane, in its low half.
[[gnu::always_inline]] inline Vector<std::uint64_t> high_halves(Vector<std::uint64_t> a) {
#if defined(__AVX512F__)
  return Vector<std::uint64_t>(_mm512_maskz_srli_epi64(static_cast<__mmask8>(-1), a, 32));
#else
  return a >> 32;
#endif
}

/// The low 32 bits of each lane, in its high half.
[[gnu::always_inline]] inline Vector<std::uint64_t> raise_low_halves(Vector<std::uint64_t> a) {
#if defined(__AVX512F__)
  return Vector<std::uint64_t>(_mm512_maskz_slli_epi64(static_cast<__mmask8>(-1), a, 32));
#else
  return a << 32;
#endif
}

}  // namespace taut::kernels::cpu
