/// Fnv1a: a short fingerprint of data; it finds damage and difference, not malice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace taut {

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

  /// Sixteen hexadecimal digits.
  std::string hex() const {
    std::string digits(16, '0');
    std::uint64_t rest = value_;
    for (std::size_t i = digits.size(); i-- > 0; rest >>= 4) digits[i] = "0123456789abcdef"[rest & 0xF];
    return digits;
  }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325;
};

}  // namespace taut
