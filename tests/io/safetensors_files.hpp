/// Safetensors files for tests: right ones, and ones of any header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/error_of.hpp"
#include "taut/io/safetensors.hpp"

namespace taut::test {

using Bytes = std::vector<std::byte>;

/// A file with this header, whatever it says, and this many zero bytes of data.
inline Bytes file_with(std::string_view header, std::size_t data_bytes) {
  Bytes bytes(8 + header.size() + data_bytes);
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  return bytes;
}

inline std::string decode_error(std::span<const std::byte> bytes) {
  return error_of([&] { (void)decode_safetensors(bytes, "file"); });
}

template <class T>
void add(TensorFile& file, const std::string& name, std::vector<index_t> shape, const std::vector<T>& values) {
  file.add(name, std::move(shape), std::span<const T>(values));
}

inline TensorFile sample() {
  TensorFile file;
  add<float>(file, "0.weight", {2, 3}, {1, -2, 3.5F, 0, std::numeric_limits<float>::infinity(), 1e-42F});
  add<std::uint8_t>(file, "bytes \"quoted\" \xC3\xA9", {3}, {1, 2, 255});
  add<double>(file, "wide", {1, 1, 2, 1}, {0.1, -1e300});
  add<std::int64_t>(file, "count", {}, {-7});
  add<float>(file, "none", {0, 4}, {});
  add<std::int32_t>(file, "labels", {2}, {-1, 6});
  file.metadata = {{"class_names", "[\"angry\"]"}, {"line", "one\ntwo\t\xE2\x82\xAC"}, {"", ""}};
  return file;
}

}  // namespace taut::test
