/// ProtobufWriter: one message in protocol buffers' wire format (https://protobuf.dev/programming-guides/encoding), field by field.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
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

  ProtobufWriter& real(std::uint32_t field, float value) {
    tag(field, 5);
    fixed(std::bit_cast<std::uint32_t>(value));
    return *this;
  }

  ProtobufWriter& real(std::uint32_t field, double value) {
    tag(field, 1);
    fixed(std::bit_cast<std::uint64_t>(value));
    return *this;
  }

  /// A repeated field, packed.
  ProtobufWriter& reals(std::uint32_t field, std::span<const double> values) {
    tag(field, 2);
    variable(8 * values.size());
    for (const double value : values) fixed(std::bit_cast<std::uint64_t>(value));
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

  /// The lowest byte first.
  template <class Bits>
  void fixed(Bits bits) {
    for (std::size_t byte = 0; byte < sizeof(Bits); ++byte) bytes_ += static_cast<char>(bits >> (8 * byte) & 0xFFU);
  }

  /// Seven bits a byte, the lowest first.
  void variable(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>((value & 0x7FU) | 0x80U);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

}  // namespace taut::detail
