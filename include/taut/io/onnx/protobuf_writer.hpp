/// ProtobufWriter: one message in protocol buffers' wire format (https://protobuf.dev/programming-guides/encoding), field by field.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace taut::detail {

class ProtobufWriter {
 public:
  /// A field of an integer or enumeration.
  ProtobufWriter& number(std::uint32_t field, std::int64_t value) {
    tag(field, 0);
    variable(static_cast<std::uint64_t>(value));
    return *this;
  }

  ProtobufWriter& single(std::uint32_t field, float value) {
    tag(field, 5);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int byte = 0; byte < 4; ++byte) bytes_ += static_cast<char>(bits >> (8 * byte) & 0xFFU);
    return *this;
  }

  ProtobufWriter& text(std::uint32_t field, std::string_view value) {
    tag(field, 2);
    variable(value.size());
    bytes_ += value;
    return *this;
  }

  ProtobufWriter& message(std::uint32_t field, const ProtobufWriter& value) { return text(field, value.bytes_); }

  const std::string& bytes() const { return bytes_; }

 private:
  void tag(std::uint32_t field, std::uint32_t wire_type) { variable(std::uint64_t{field} << 3 | wire_type); }

  /// Seven bits a byte, the lowest first.
  void variable(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>((value & 0x7FU) | 0x80U);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

}  // namespace taut::detail
