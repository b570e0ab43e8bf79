/// Fnv1a: a short fingerprint of data; it finds damage and difference, not malice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace taut {

/// Sixteen hexadecimal digits.
inline std::string hex_text(std::uint64_t number) {
  std::string digits(16, '0');
  for (std::size_t i = digits.size(); i-- > 0; number >>= 4) digits[i] = "0123456789abcdef"[number & 0xF];
  return digits;
}

/// Fowler, Noll and Vo's hash 1a of 64 bits (RFC 9923). Every step is a bijection, so one changed byte always changes the result.
class Fnv1a {
 public:
  constexpr void add(std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) value_ = (value_ ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001B3;
  }
  /// The length goes in too, so that "ab", "c" and "a", "bc" differ.
  void add(std::string_view text) {
    add(std::as_bytes(std::span<const char>(text.data(), text.size())));
    add(std::uint64_t{text.size()});
  }
  void add(std::uint64_t number) { add(std::as_bytes(std::span<const std::uint64_t>(&number, 1))); }
  template <class Integer>
  void add_numbers(std::span<const Integer> numbers) {
    add(std::uint64_t{numbers.size()});
    for (const Integer number : numbers) add(static_cast<std::uint64_t>(number));
  }

  constexpr std::uint64_t value() const { return value_; }

  std::string hex() const { return hex_text(value_); }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325;
};

}  // namespace taut
