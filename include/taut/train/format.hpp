/// Format: numbers as text, the same in every locale.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "taut/core/grouped_text.hpp"

namespace taut {

/// `value` with `digits` decimals: fixed_text(0.5, 2) is "0.50". Ties round to even, as in C and Python.
inline std::string fixed_text(double value, int digits) {
  std::array<char, 400> text{};  // the largest double has 309 digits before its point
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits);
  return error == std::errc{} ? std::string(text.data(), end) : std::string("?");
}

/// The shortest text that reads back as the same double.
inline std::string exact_text(double value) {
  std::array<char, 32> text{};
  return std::string(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
}

/// `value` with `digits` significant digits, for reading: 0.0001235, 1.6e-06.
inline std::string short_text(double value, int digits) {
  std::array<char, 64> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, std::min(digits, 17));
  return error == std::errc{} ? std::string(text.data(), end) : std::string("?");
}

/// A fraction of 1 as a percentage: percent_text(0.6264) is "62.64%".
inline std::string percent_text(double fraction, int digits = 2) { return fixed_text(100 * fraction, digits) + "%"; }

/// A duration in seconds as 0:07, 12:34 or 1:02:03.
inline std::string duration_text(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 3.6e9) return "-:--";
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  const auto two = [](std::uint64_t number) { return std::string(number < 10 ? "0" : "").append(std::to_string(number)); };
  const std::uint64_t hours = whole / 3600, minutes = whole / 60 % 60;
  return (hours != 0 ? std::to_string(hours) + ":" + two(minutes) : std::to_string(minutes)) + ":" + two(whole % 60);
}

/// How many places a UTF-8 text takes, a code point being one.
inline std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  return count;
}

/// `text` with spaces before it up to `width` places.
inline std::string right_aligned(std::string_view text, std::size_t width) {
  const std::size_t places = code_points(text);
  return std::string(places < width ? width - places : 0, ' ').append(text);
}

}  // namespace taut
