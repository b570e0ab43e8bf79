/// check_png: what a PNG must be before stb_image may decode it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/quote.hpp"
#include "taut/core/shape.hpp"
#include "taut/data/decoder_reason.hpp"
#include "taut/data/stb_image.hpp"

namespace taut::detail {

/// What matters of a PNG's chunks. https://www.w3.org/TR/png-3/#5Chunk-layout
struct PngChunks {
  index_t bits = 0;                                   ///< of a pixel
  std::vector<std::span<const std::uint8_t>> packed;  ///< the pixels, as zlib packed them
  bool has_zlib_header = true;                        ///< Apple's variant leaves it out
};

/// Throws an Error for a chunk that is longer than the file: the decoder makes room for it, up to 2 GB, before it looks.
inline PngChunks png_chunks(std::span<const std::uint8_t> file, const std::string& name) {
  constexpr index_t signature = 8, frame = 12;                    // length, type and checksum of a chunk
  constexpr std::array<index_t, 7> samples{1, 0, 3, 1, 2, 0, 4};  // of a pixel, by its colour type
  PngChunks chunks;
  for (index_t at = signature; at + frame <= file.size();) {
    index_t length = 0;
    for (index_t i = 0; i < 4; ++i) length = length << 8 | file[at + i];
    const std::string_view type(reinterpret_cast<const char*>(file.data()) + at + 4, 4);
    if (type == "IEND") break;
    const index_t left = file.size() - at - frame;
    if (length > left) fail(name, ": expected a PNG's chunk ", quote(type), " of ", length, " bytes but the file ends after ", left);
    const auto content = file.subspan(at + 8, length);
    if (type == "CgBI") chunks.has_zlib_header = false;
    // The first is the one by which the decoder goes; it refuses a second.
    if (type == "IHDR" && chunks.bits == 0 && length >= 10 && content[9] < samples.size()) chunks.bits = content[8] * samples[content[9]];
    if (type == "IDAT") chunks.packed.push_back(content);
    at += frame + length;
  }
  return chunks;
}

/// Throws an Error for a PNG of rows × columns whose packed pixels become far more than these: the decoder gives them what they ask for, up
/// to 2 GB for one pixel. They are unpacked here once for it, unless the file is so small that it can do no harm.
inline void check_png(std::span<const std::uint8_t> file, const std::string& name, index_t rows, index_t columns) {
  constexpr index_t most_expansion = 1032;  // https://zlib.net/zlib_tech.html
  constexpr index_t harmless = index_t{64} << 20;
  const PngChunks chunks = png_chunks(file, name);
  if (file.size() * most_expansion <= harmless) return;
  std::vector<char> packed;
  for (const auto part : chunks.packed) packed.insert(packed.end(), part.begin(), part.end());
  // Each row, of a seventh of an interlaced picture too, ends with a whole byte and begins with one more.
  const index_t limit = rows * columns * chunks.bits / 8 + 4 * rows + harmless;
  const auto unpacked = std::make_unique_for_overwrite<char[]>(limit);
  const auto unpack = chunks.has_zlib_header ? stbi_zlib_decode_buffer : stbi_zlib_decode_noheader_buffer;
  const DecoderReason reason;
  if (unpack(unpacked.get(), static_cast<int>(limit), packed.data(), static_cast<int>(packed.size())) < 0) {
    fail(name, ": expected at most ", limit, " bytes of pixels in a PNG of ", columns, "x", rows, " but they can't be unpacked",
         reason.text());
  }
}

}  // namespace taut::detail
