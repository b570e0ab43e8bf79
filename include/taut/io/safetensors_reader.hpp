/// read_safetensors: a safetensors file into memory, every rule of the format checked before a byte of it is used.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/io/checksum.hpp"
#include "taut/io/dtype.hpp"
#include "taut/io/read_file.hpp"
#include "taut/io/tensor_file.hpp"
#include "taut/io/safetensors_header.hpp"

namespace taut {

namespace detail {

/// shape × element size; throws where that exceeds 64 bits.
inline std::uint64_t checked_bytes(const SafetensorsHeader::Item& item, std::string_view origin) {
  // A zero anywhere makes the product zero, however large its neighbours are.
  if (std::find(item.shape.begin(), item.shape.end(), index_t{0}) != item.shape.end()) return 0;
  std::uint64_t bytes = bytes_of(item.dtype);
  for (const std::uint64_t extent : item.shape) {
    if (bytes > std::numeric_limits<std::uint64_t>::max() / extent) {
      fail(origin, ": tensor ", quote(item.name), ": the size of ", extents(item.shape), " exceeds 64 bits");
    }
    bytes *= extent;
  }
  return bytes;
}

/// Each tensor where its shape says, one after the other from the first byte to the last.
inline void check_layout(const SafetensorsHeader& header, std::uint64_t data_bytes, std::string_view origin) {
  std::vector<const SafetensorsHeader::Item*> items;
  for (const auto& item : header.items) items.push_back(&item);
  std::sort(items.begin(), items.end(),
            [](const auto* a, const auto* b) { return a->begin != b->begin ? a->begin < b->begin : a->end < b->end; });
  std::uint64_t position = 0;
  for (const auto* item : items) {
    const auto stop = [&](const auto&... parts) { fail(origin, ": tensor ", quote(item->name), ": ", parts...); };
    if (item->begin > item->end) stop("data_offsets run backwards, from ", item->begin, " to ", item->end);
    if (item->end > data_bytes) stop("ends at byte ", item->end, " of the data, which has ", data_bytes, " bytes");
    const std::uint64_t expected = checked_bytes(*item, origin);
    const std::uint64_t found = item->end - item->begin;
    if (found != expected) {
      stop("expected ", expected, " bytes for ", extents(item->shape), " of ", name_of(item->dtype), " but found ", found);
    }
    if (item->begin < position) stop("begins at byte ", item->begin, " of the data, inside another tensor");
    if (item->begin > position) fail(origin, ": bytes ", position, " to ", item->begin, " of the data belong to no tensor");
    position = item->end;
  }
  if (position != data_bytes) fail(origin, ": expected ", position, " bytes of data but found ", data_bytes);
}

}  // namespace detail

/// Parses the bytes of a whole file; `origin` names it in errors. A checksum, where there is one, must agree.
inline TensorFile decode_safetensors(std::span<const std::byte> bytes, std::string_view origin) {
  constexpr std::size_t prefix = 8;
  if (bytes.size() < prefix) fail(origin, ": not a safetensors file: expected at least ", prefix, " bytes but found ", bytes.size());
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, bytes.data(), prefix);
  if (header_bytes > detail::max_safetensors_header) {
    fail(origin, ": not a safetensors file: expected a header of at most ", detail::max_safetensors_header, " bytes but found ",
         header_bytes);
  }
  if (header_bytes > bytes.size() - prefix) {
    fail(origin, ": truncated: expected a header of ", header_bytes, " bytes but found ", bytes.size() - prefix);
  }
  const std::string_view json(reinterpret_cast<const char*>(bytes.data()) + prefix, header_bytes);
  detail::SafetensorsHeader header = detail::parse_safetensors_header(json, origin);
  const std::span<const std::byte> data = bytes.subspan(prefix + header_bytes);
  detail::check_layout(header, data.size(), origin);

  TensorFile file;
  file.origin = origin;
  file.metadata = std::move(header.metadata);
  file.entries.reserve(header.items.size());
  for (auto& item : header.items) {
    const auto content = data.subspan(item.begin, item.end - item.begin);
    file.entries.push_back({std::move(item.name), item.dtype, std::move(item.shape), {content.begin(), content.end()}});
  }
  if (const auto stored = file.metadata.find(checksum_key); stored != file.metadata.end()) {
    const std::string found = checksum_of(file);
    if (stored->second != found) {
      fail(origin, ": damaged: expected the checksum ", detail::quote(stored->second), " but found \"", found, "\"");
    }
  }
  return file;
}

/// Reads and checks `path`. Throws an Error that names it and the entry at fault.
inline TensorFile read_safetensors(const std::filesystem::path& path, std::uint64_t max_bytes = default_max_file_bytes) {
  return decode_safetensors(read_file(path, max_bytes), path.string());
}

}  // namespace taut
