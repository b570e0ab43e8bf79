/// write_safetensors: a TensorFile to disk, atomically and with a checksum.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <nlohmann/json.hpp>

#include "taut/core/error.hpp"
#include "taut/io/atomic_file.hpp"
#include "taut/io/checksum.hpp"
#include "taut/io/dtype.hpp"
#include "taut/io/tensor_file.hpp"
#include "taut/io/safetensors_header.hpp"

namespace taut {

namespace detail {

/// As a JSON string; throws where the text isn't UTF-8, which JSON must be.
inline std::string json_string(std::string_view text, std::string_view origin) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::exception&) {
    fail(origin, ": ", quote(text), " is not valid UTF-8");
  }
}

inline void check_entries(const TensorFile& file) {
  std::unordered_set<std::string_view> names{"__metadata__"};
  for (const TensorEntry& entry : file.entries) {
    if (!names.insert(entry.name).second) fail(file.origin, ": two entries would be called ", quote(entry.name));
    index_t expected = bytes_of(entry.dtype);
    for (const index_t extent : entry.shape) expected *= extent;
    if (entry.bytes.size() != expected) {
      fail(file.origin, ": tensor ", quote(entry.name), ": expected ", expected, " bytes for ", extents(entry.shape), " of ",
           name_of(entry.dtype), " but found ", entry.bytes.size());
    }
  }
}

}  // namespace detail

/// The file's bytes: the header's length, the header, padded with spaces to a multiple of 8 bytes, and the data. Wider types come
/// first, so that every element lies aligned, otherwise in the entries' order. The checksum in the metadata is made anew.
inline std::vector<std::byte> encode_safetensors(const TensorFile& file) {
  detail::check_entries(file);
  std::vector<const TensorEntry*> entries;
  for (const TensorEntry& entry : file.entries) entries.push_back(&entry);
  // Not stable_sort, whose temporary buffer in libstdc++ 12 clang 19 calls deprecated: where types are equal, the order is the vector's.
  std::sort(entries.begin(), entries.end(), [](const TensorEntry* a, const TensorEntry* b) {
    return bytes_of(a->dtype) != bytes_of(b->dtype) ? bytes_of(a->dtype) > bytes_of(b->dtype) : a < b;
  });

  const auto text = [&](std::string_view words) { return detail::json_string(words, file.origin); };
  std::string header = "{\"__metadata__\":{" + text(checksum_key) + ":" + text(checksum_of(file));
  for (const auto& [key, value] : file.metadata) {
    if (key != checksum_key) header += "," + text(key) + ":" + text(value);
  }
  header += "}";
  std::uint64_t position = 0;
  for (const TensorEntry* entry : entries) {
    header += "," + text(entry->name) + ":{\"dtype\":" + text(name_of(entry->dtype)) + ",\"shape\":[";
    for (std::size_t axis = 0; axis < entry->shape.size(); ++axis) {
      header.append(axis == 0 ? "" : ",").append(std::to_string(entry->shape[axis]));
    }
    header += "],\"data_offsets\":[" + std::to_string(position) + ",";
    position += entry->bytes.size();
    header += std::to_string(position) + "]}";
  }
  header += "}";
  header.append((8 - header.size() % 8) % 8, ' ');
  if (header.size() > detail::max_safetensors_header) {
    fail(file.origin, ": expected a header of at most ", detail::max_safetensors_header, " bytes but found ", header.size());
  }

  const std::uint64_t header_bytes = header.size();
  std::vector<std::byte> bytes(sizeof(header_bytes) + header.size() + position);
  std::memcpy(bytes.data(), &header_bytes, sizeof(header_bytes));
  std::memcpy(bytes.data() + sizeof(header_bytes), header.data(), header.size());
  auto out = bytes.begin() + static_cast<std::ptrdiff_t>(sizeof(header_bytes) + header.size());
  for (const TensorEntry* entry : entries) out = std::copy(entry->bytes.begin(), entry->bytes.end(), out);
  return bytes;
}

/// Writes `file` to `path`, wholly or not at all. Throws an Error that names the path and the reason.
inline void write_safetensors(const std::filesystem::path& path, const TensorFile& file) {
  write_file_atomically(path, encode_safetensors(file));
}

}  // namespace taut
