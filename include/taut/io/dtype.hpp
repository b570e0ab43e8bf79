/// Dtype: the element types of a safetensors file, and how to turn them into C++ numbers.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>

#include "taut/core/shape.hpp"

namespace taut {

static_assert(std::endian::native == std::endian::little, "safetensors is little-endian, and so is every machine that Taut supports");

enum class Dtype { boolean, u8, i8, u16, i16, f16, bf16, u32, i32, f32, u64, i64, f64 };

namespace detail {

struct DtypeTraits {
  Dtype dtype;
  std::string_view name;  ///< in a safetensors header
  index_t bytes;
};

/// In the order of the enumeration.
inline constexpr std::array<DtypeTraits, 13> dtypes{{{Dtype::boolean, "BOOL", 1},
                                                     {Dtype::u8, "U8", 1},
                                                     {Dtype::i8, "I8", 1},
                                                     {Dtype::u16, "U16", 2},
                                                     {Dtype::i16, "I16", 2},
                                                     {Dtype::f16, "F16", 2},
                                                     {Dtype::bf16, "BF16", 2},
                                                     {Dtype::u32, "U32", 4},
                                                     {Dtype::i32, "I32", 4},
                                                     {Dtype::f32, "F32", 4},
                                                     {Dtype::u64, "U64", 8},
                                                     {Dtype::i64, "I64", 8},
                                                     {Dtype::f64, "F64", 8}}};

/// IEEE 754 binary16, subnormals, infinities and NaN included.
inline float float_from_f16(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1FU;
  const std::uint32_t fraction = half & 0x3FFU;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t biased = exponent == 0x1FU ? 0xFFU : exponent + (127U - 15U);
  return std::bit_cast<float>(sign | (biased << 23) | (fraction << 13));
}

/// The nearest half, ties to the even one; beyond 65,504 infinity, as IEEE 754 has it.
inline std::uint16_t f16_from_float(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000U, magnitude = bits & 0x7FFFFFFFU;
  if (magnitude > 0x7F800000U) return static_cast<std::uint16_t>(sign | 0x7E00U | ((magnitude >> 13) & 0x1FFU));  // NaN
  if (magnitude >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7C00U);                               // 65,520 and above
  if (magnitude < 0x38800000U) {
    // Below 2^-14: adding 0.5 moves the last bit that a half keeps to a float's last bit, and rounds there.
    const float aligned = std::bit_cast<float>(magnitude) + 0.5F;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(aligned) - std::bit_cast<std::uint32_t>(0.5F)));
  }
  const std::uint32_t odd = (magnitude >> 13) & 1U;
  return static_cast<std::uint16_t>(sign | ((magnitude - (112U << 23) + 0xFFFU + odd) >> 13));
}

/// The upper half of a float.
inline float float_from_bf16(std::uint16_t half) { return std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16); }

}  // namespace detail

constexpr std::string_view name_of(Dtype dtype) { return detail::dtypes[static_cast<std::size_t>(dtype)].name; }
constexpr index_t bytes_of(Dtype dtype) { return detail::dtypes[static_cast<std::size_t>(dtype)].bytes; }
constexpr bool is_floating(Dtype dtype) {
  return dtype == Dtype::f16 || dtype == Dtype::bf16 || dtype == Dtype::f32 || dtype == Dtype::f64;
}

constexpr std::optional<Dtype> dtype_named(std::string_view name) {
  for (const auto& known : detail::dtypes) {
    if (known.name == name) return known.dtype;
  }
  return std::nullopt;
}

/// The file's type for a C++ type.
template <class T>
constexpr Dtype dtype_of() {
  if constexpr (std::is_same_v<T, float>) return Dtype::f32;
  else if constexpr (std::is_same_v<T, double>) return Dtype::f64;
  else if constexpr (std::is_same_v<T, std::uint8_t>) return Dtype::u8;
  else if constexpr (std::is_same_v<T, std::int8_t>) return Dtype::i8;
  else if constexpr (std::is_same_v<T, std::uint16_t>) return Dtype::u16;
  else if constexpr (std::is_same_v<T, std::int16_t>) return Dtype::i16;
  else if constexpr (std::is_same_v<T, std::uint32_t>) return Dtype::u32;
  else if constexpr (std::is_same_v<T, std::int32_t>) return Dtype::i32;
  else if constexpr (std::is_same_v<T, std::uint64_t>) return Dtype::u64;
  else {
    static_assert(std::is_same_v<T, std::int64_t>, "safetensors has no such element type");
    return Dtype::i64;
  }
}

}  // namespace taut
