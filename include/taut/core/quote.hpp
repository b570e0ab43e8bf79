/// quote and printable: a text from outside, fit for one line.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace taut::detail {

/// Bytes of the character with which a text begins; 0 where it isn't UTF-8 (RFC 3629, section 4).
constexpr std::size_t utf8_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (length > text.size()) return 0;
  if (length < 2) return length;
  // Neither longer forms of shorter characters, nor surrogates, nor what lies beyond Unicode.
  const auto second = static_cast<unsigned char>(text[1]);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90)) return 0;
  if ((first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F)) return 0;
  const auto continues = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; };
  return std::all_of(text.begin() + 1, text.begin() + length, continues) ? length : 0;
}

/// JSON can hold these texts alone.
constexpr bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

constexpr bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F; }

/// One question mark for each control character and for each byte that isn't UTF-8; whole characters of the first `longest` bytes.
inline std::string printable(std::string_view text, std::size_t longest = std::string_view::npos) {
  std::string words;
  while (words.size() < text.size()) {
    const std::string_view rest = text.substr(words.size());
    const std::size_t length = utf8_length(rest);
    if (words.size() + std::max<std::size_t>(length, 1) > longest) break;
    words += length == 0 || is_control(rest.front()) ? "?" : rest.substr(0, length);
  }
  return words;
}

/// The same in quotation marks, and three dots where it was cut: texts that are to be told apart need more bytes.
inline std::string quote(std::string_view text, std::size_t longest = 80) {
  const std::string words = printable(text, longest);
  return "\"" + words + (words.size() < text.size() ? "…\"" : "\"");
}

}  // namespace taut::detail
