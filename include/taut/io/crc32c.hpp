/// crc32c: the checksum that TensorFlow's record files carry.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace taut {

namespace detail {

/// What each byte does to the remainder: CRC-32C's polynomial, 0x1EDC6F41, with its bits reversed.
constexpr std::array<std::uint32_t, 256> crc32c_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) remainder = (remainder & 1) != 0 ? remainder >> 1 ^ 0x82F63B78U : remainder >> 1;
    table[byte] = remainder;
  }
  return table;
}

}  // namespace detail

/// CRC-32C (Castagnoli), https://www.rfc-editor.org/rfc/rfc3720#section-12.1
constexpr std::uint32_t crc32c(std::string_view bytes) {
  constexpr std::array<std::uint32_t, 256> table = detail::crc32c_table();
  std::uint32_t remainder = ~0U;
  for (const char byte : bytes) remainder = remainder >> 8 ^ table[(remainder ^ static_cast<unsigned char>(byte)) & 0xFFU];
  return ~remainder;
}

}  // namespace taut
