/// Checksum: what of a TensorFile it covers, and where the file keeps it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/fnv1a.hpp"
#include "taut/io/tensor_file.hpp"

namespace taut {

/// Where a file keeps its checksum: among its metadata.
inline constexpr const char* checksum_key = "taut_checksum";

/// Of every name, type, shape, element and every other metadatum; the order of the tensors doesn't matter.
inline std::string checksum_of(const TensorFile& file) {
  std::vector<const TensorEntry*> entries;
  for (const TensorEntry& entry : file.entries) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  Fnv1a hash;
  for (const TensorEntry* entry : entries) {
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
inline void require_checksum(const TensorFile& file) {
  if (!file.metadata.contains(checksum_key)) fail(file.origin, ": the metadata has no \"", checksum_key, "\", as every file of Taut's has");
}

}  // namespace taut
