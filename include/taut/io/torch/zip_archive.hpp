/// ZipArchive: the entries of a zip file, which must be stored as they are, found through its central directory (PKWARE's APPNOTE, sections
/// 4.3 to 4.5, ZIP64 and data descriptors included). Nothing is copied and nothing is unpacked.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/io/byte_reader.hpp"
#include "taut/io/tensor_file.hpp"

namespace taut::detail {

/// The checksum of zip files (ISO 3309; reflected polynomial 0xEDB88320).
inline std::uint32_t crc32(std::span<const std::byte> bytes) {
  static constexpr auto table = [] {
    std::array<std::uint32_t, 256> remainders{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      remainders[i] = i;
      for (int bit = 0; bit < 8; ++bit) remainders[i] = (remainders[i] >> 1) ^ ((remainders[i] & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return remainders;
  }();
  std::uint32_t remainder = ~0U;
  for (const std::byte byte : bytes) remainder = (remainder >> 8) ^ table[(remainder ^ static_cast<std::uint32_t>(byte)) & 0xFFU];
  return ~remainder;
}

class ZipArchive {
 public:
  /// Throws an Error for what is no whole zip file, or has an entry that is compressed, encrypted or there twice.
  ZipArchive(std::span<const std::byte> bytes, std::string_view origin) : bytes_(bytes), origin_(origin) {
    const Directory directory = find_directory();
    ByteReader reader(bytes_.first(directory.end), origin_);
    reader.seek(directory.begin);
    std::vector<Part> parts;
    for (std::uint64_t i = 0; i < directory.entries; ++i) parts.push_back(read_entry(reader, directory.begin));
    check_parts(parts);
  }

  /// Where the entries are, by their names.
  const std::map<std::string_view, std::span<const std::byte>>& entries() const { return entries_; }

  /// Throws an Error if there is no such entry.
  std::span<const std::byte> at(const std::string& name) const {
    const auto found = entries_.find(name);
    if (found == entries_.end()) fail(origin_, ": there is no entry ", quote(name));
    return found->second;
  }

 private:
  static constexpr std::uint32_t end_signature = 0x06054B50, end64_signature = 0x06064B50, locator_signature = 0x07064B50,
                                 central_signature = 0x02014B50, local_signature = 0x04034B50;
  static constexpr std::uint64_t end_size = 22, locator_size = 20, longest_comment = 0xFFFF;
  static constexpr std::uint32_t see_zip64 = 0xFFFFFFFF;

  struct Directory {
    std::uint64_t begin, end, entries;
  };

  /// An entry with its header: bytes [begin, end) of the file.
  struct Part {
    std::uint64_t begin, end;
    std::string_view name;
    std::uint32_t checksum;
  };

  /// The end record is the last thing of the file but for a comment, whose length it states.
  std::uint64_t find_end() const {
    for (std::uint64_t comment = 0; comment <= longest_comment && comment + end_size <= bytes_.size(); ++comment) {
      ByteReader reader(bytes_, origin_);
      reader.seek(bytes_.size() - end_size - comment);
      const std::uint64_t position = reader.position();
      if (reader.number<std::uint32_t>() != end_signature) continue;
      reader.seek(position + end_size - 2);
      if (reader.number<std::uint16_t>() == comment) return position;
    }
    fail(origin_, ": truncated: a zip file that has no end");
  }

  Directory find_directory() const {
    const std::uint64_t end = find_end();
    ByteReader reader(bytes_, origin_);
    reader.seek(end + 10);
    const auto entries = reader.number<std::uint16_t>();
    const auto size = reader.number<std::uint32_t>(), begin = reader.number<std::uint32_t>();
    Directory directory{begin, std::uint64_t{begin} + size, entries};
    if (entries == 0xFFFF || size == see_zip64 || begin == see_zip64) directory = find_directory64(end);
    if (directory.begin > directory.end || directory.end > end) fail(origin_, ": the zip file's directory lies outside of it");
    return directory;
  }

  Directory find_directory64(std::uint64_t end) const {
    if (end < locator_size) fail(origin_, ": truncated: the zip file's ZIP64 directory is missing");
    ByteReader reader(bytes_.first(end), origin_);
    reader.seek(end - locator_size);
    if (reader.number<std::uint32_t>() != locator_signature) fail(origin_, ": the zip file's ZIP64 directory is missing");
    reader.take(4);
    reader.seek(reader.number<std::uint64_t>());
    if (reader.number<std::uint32_t>() != end64_signature) fail(origin_, ": the zip file's ZIP64 directory is damaged");
    reader.take(28);
    const auto entries = reader.number<std::uint64_t>(), size = reader.number<std::uint64_t>(), begin = reader.number<std::uint64_t>();
    if (size > bytes_.size() || begin > bytes_.size()) fail(origin_, ": the zip file's directory lies outside of it");
    return {begin, begin + size, entries};
  }

  Part read_entry(ByteReader& reader, std::uint64_t directory_begin) {
    if (reader.number<std::uint32_t>() != central_signature) fail(origin_, ": the zip file's directory is damaged");
    reader.take(4);
    const auto flags = reader.number<std::uint16_t>(), method = reader.number<std::uint16_t>();
    reader.take(4);
    const auto checksum = reader.number<std::uint32_t>();
    std::uint64_t packed = reader.number<std::uint32_t>(), size = reader.number<std::uint32_t>();
    const auto name_size = reader.number<std::uint16_t>(), extra_size = reader.number<std::uint16_t>(),
               comment_size = reader.number<std::uint16_t>();
    reader.take(8);
    std::uint64_t local = reader.number<std::uint32_t>();
    const std::string_view name = reader.text(name_size);
    read_zip64(reader.take(extra_size), size, packed, local);
    reader.take(comment_size);

    const auto stop = [&](const auto&... parts) { fail(origin_, ": entry ", quote(name), ": ", parts...); };
    if ((flags & 1U) != 0) stop("is encrypted");
    if (method != 0) stop("is compressed (method ", method, "); PyTorch stores entries as they are");
    if (packed != size) stop("expected ", size, " bytes but found ", packed);
    const auto content = content_of(name, local, size, directory_begin);
    if (!entries_.emplace(name, content).second) stop("is there twice");
    return {local, static_cast<std::uint64_t>(content.data() - bytes_.data()) + size, name, checksum};
  }

  /// Entries that lay inside each other would make the checksums take any time.
  void check_parts(std::vector<Part>& parts) const {
    std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.begin < b.begin; });
    std::uint64_t end = 0;
    for (const Part& part : parts) {
      if (part.begin < end) fail(origin_, ": entry ", quote(part.name), ": begins inside another one");
      end = part.end;
      // PyTorch can be told to leave the checksum out; it is zero then.
      if (part.checksum != 0 && part.checksum != crc32(entries_.at(part.name))) {
        fail(origin_, ": entry ", quote(part.name), ": damaged: its checksum is another one");
      }
    }
  }

  /// Sizes and offset that don't fit 32 bits are in the extra field, in this order.
  void read_zip64(std::span<const std::byte> extra, std::uint64_t& size, std::uint64_t& packed, std::uint64_t& local) const {
    ByteReader reader(extra, origin_);
    while (reader.left() >= 4) {
      const auto kind = reader.number<std::uint16_t>(), length = reader.number<std::uint16_t>();
      ByteReader field(reader.take(length), origin_);
      if (kind != 1) continue;
      for (std::uint64_t* number : {&size, &packed, &local}) {
        if (*number == see_zip64) *number = field.number<std::uint64_t>();
      }
    }
  }

  /// The bytes behind the local header; they end before the directory begins.
  std::span<const std::byte> content_of(std::string_view name, std::uint64_t local, std::uint64_t size,
                                        std::uint64_t directory_begin) const {
    ByteReader reader(bytes_.first(directory_begin), origin_);
    reader.seek(local);
    if (reader.number<std::uint32_t>() != local_signature) fail(origin_, ": entry ", quote(name), ": its header is damaged");
    reader.take(22);
    const auto name_size = reader.number<std::uint16_t>(), extra_size = reader.number<std::uint16_t>();
    if (reader.text(name_size) != name) fail(origin_, ": entry ", quote(name), ": its header has another name");
    reader.take(extra_size);
    return reader.take(size);
  }

  std::span<const std::byte> bytes_;
  std::string_view origin_;
  std::map<std::string_view, std::span<const std::byte>> entries_;  // no hash table, which chosen names could make slow
};

}  // namespace taut::detail
