/// quote: a text from outside, fit for a one-line error.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace taut::detail {

/// Bytes of the character with which a text begins; 0 where it isn't UTF-8 (RFC 3629; overlong forms are not looked for).
constexpr std::size_t utf8_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  const auto continues = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; };
  const bool whole = length <= text.size() && std::all_of(text.begin() + (length != 0), text.begin() + length, continues);
  return whole ? length : 0;
}

constexpr bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F; }

/// In quotation marks, one question mark for each control character and for each byte that isn't UTF-8, cut after `longest` bytes: texts
/// that are to be told apart need more of them.
inline std::string quote(std::string_view text, std::size_t longest = 80) {
  std::string words = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at)), next = at + std::max<std::size_t>(length, 1);
    if (next > longest) return words + "…\"";
    words += length == 0 || is_control(text[at]) ? "?" : text.substr(at, length);
    at = next;
  }
  return words + "\"";
}

}  // namespace taut::detail
