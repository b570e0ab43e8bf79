/// ByteReader: little-endian numbers and runs of bytes out of a block, never beyond its end.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "taut/core/error.hpp"

namespace taut::detail {

static_assert(std::endian::native == std::endian::little, "the formats that are read this way are little-endian, and so is the machine");

/// `origin` names the block in errors; it must outlive the reader.
class ByteReader {
 public:
  ByteReader(std::span<const std::byte> bytes, std::string_view origin) : bytes_(bytes), origin_(origin) {}

  std::uint64_t position() const { return position_; }
  std::uint64_t left() const { return bytes_.size() - position_; }

  void seek(std::uint64_t position) {
    if (position > bytes_.size()) fail(origin_, ": expected something at byte ", position, " but found ", bytes_.size(), " bytes in all");
    position_ = position;
  }

  std::span<const std::byte> take(std::uint64_t count) {
    if (count > left()) fail(origin_, ": truncated: expected ", count, " bytes at byte ", position_, " but found ", left());
    const auto taken = bytes_.subspan(position_, count);
    position_ += count;
    return taken;
  }

  template <class Number>
  Number number() {
    Number value;
    std::memcpy(&value, take(sizeof(Number)).data(), sizeof(Number));
    return value;
  }

  std::string_view text(std::uint64_t count) {
    const auto taken = take(count);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

  /// Up to the next line feed, which is taken too.
  std::string_view line() {
    const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + position_, left());
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) fail(origin_, ": truncated: a line begins at byte ", position_, " and doesn't end");
    position_ += end + 1;
    return rest.substr(0, end);
  }

 private:
  std::span<const std::byte> bytes_;
  std::string_view origin_;
  std::uint64_t position_ = 0;
};

}  // namespace taut::detail
