/// base64: bytes as text that a page can carry.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taut {

/// https://www.rfc-editor.org/rfc/rfc4648#section-4, padded.
inline std::string base64(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t i = at; i < at + 3; ++i) group = group << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) text += at + i <= bytes.size() ? alphabet[group >> (18 - 6 * i) & 63U] : '=';
  }
  return text;
}

}  // namespace taut
