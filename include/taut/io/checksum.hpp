/// Checksum: FNV-1a of 64 bits, and what of a SafetensorsFile it covers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/io/safetensors_file.hpp"

namespace taut {

/// Fowler, Noll and Vo's hash 1a (RFC 9923). Every step is a bijection, so one changed byte always changes the result;
/// it finds damage, not malice.
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

/// Where a file keeps its checksum: among its metadata.
inline constexpr const char* checksum_key = "taut_checksum";

/// Of every name, type, shape, element and every other metadatum; the order of the tensors doesn't matter.
inline std::string checksum_of(const SafetensorsFile& file) {
  std::vector<const SafetensorsEntry*> entries;
  for (const SafetensorsEntry& entry : file.entries) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  Fnv1a hash;
  for (const SafetensorsEntry* entry : entries) {
    hash.add(std::string_view(entry->name));
    hash.add(name_of(entry->dtype));
    hash.add(std::uint64_t{entry->shape.size()});
    for (const index_t extent : entry->shape) hash.add(std::uint64_t{extent});
    hash.add(std::span<const std::byte>(entry->bytes));
  }
  for (const auto& [key, value] : file.metadata) {
    if (key == checksum_key) continue;
    hash.add(std::string_view(key));
    hash.add(std::string_view(value));
  }
  return hash.hex();
}

/// For files that Taut wrote itself: throws an Error if the checksum that they all have is gone. (A reader compares it already.)
inline void require_checksum(const SafetensorsFile& file) {
  if (!file.metadata.contains(checksum_key)) fail(file.origin, ": the metadata has no \"", checksum_key, "\", as every file of Taut's has");
}

}  // namespace taut
