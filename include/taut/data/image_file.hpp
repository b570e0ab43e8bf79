/// read_gray_image: a JPEG or PNG file as gray pixels, whatever colours, alpha or depth it has.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/data/gray_image.hpp"
#include "taut/data/stb_image.hpp"

namespace taut {

/// Files beyond these limits are refused before anything is decoded.
struct ImageLimits {
  static constexpr index_t file_bytes = index_t{256} << 20;
  static constexpr index_t side = 16384;
  static constexpr index_t pixels = 64'000'000;
};

namespace detail {

inline std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem)) fail(path.string(), ": expected a JPEG or PNG file but found a directory");
  const std::uintmax_t size = std::filesystem::file_size(path, problem);
  if (problem) fail(path.string(), ": can't open it (", problem.message(), ")");
  if (size == 0) fail(path.string(), ": expected a JPEG or PNG file but it is empty");
  if (size > ImageLimits::file_bytes) {
    fail(path.string(), ": expected an image file of at most ", ImageLimits::file_bytes, " bytes but found ", size);
  }
  std::vector<std::uint8_t> bytes(static_cast<index_t>(size));
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size))) fail(path.string(), ": can't read it");
  return bytes;
}

/// Codes of the largest of the Huffman tables that begin within `bytes` of `file`: each has a byte of its own, 16 counts and as many values.
inline index_t largest_huffman_table(std::span<const std::uint8_t> file, index_t bytes) {
  constexpr index_t lengths = 16;
  index_t largest = 0;
  for (index_t at = 0; at < bytes && at + 1 + lengths <= file.size();) {
    index_t codes = 0;
    for (index_t length = 0; length < lengths; ++length) codes += file[at + 1 + length];
    largest = std::max(largest, codes);
    at += 1 + lengths + codes;
  }
  return largest;
}

/// Throws an Error for what the decoder would let pass: a JPEG that doesn't run through to its end-of-image marker, whose missing part it
/// fills with gray; and a Huffman table of more codes than bytes have values, which it writes beyond its own table.
inline void check_jpeg(std::span<const std::uint8_t> file, const std::string& name) {
  constexpr index_t most_codes = 256;
  index_t at = 2;
  while (at + 1 < file.size()) {
    if (file[at] != 0xFF) {  // coded pixels up to the next marker
      ++at;
      continue;
    }
    const std::uint8_t marker = file[at + 1];
    if (marker == 0xD9) return;
    if (marker == 0xFF) {
      ++at;  // fill byte
    } else if (marker == 0x00 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
      at += 2;  // stands alone
    } else if (at + 3 < file.size()) {
      const index_t length = index_t{file[at + 2]} * 256 + file[at + 3];  // of a segment, itself included
      if (marker == 0xC4 && length > 2) {
        const index_t codes = largest_huffman_table(file.subspan(at + 4), length - 2);
        if (codes > most_codes) fail(name, ": expected Huffman tables of at most ", most_codes, " codes but found one of ", codes);
      }
      at += 2 + length;
    } else {
      break;
    }
  }
  fail(name, ": expected a whole JPEG file but it is truncated (no end-of-image marker)");
}

inline GrayImage decode_image(std::span<const std::uint8_t> file, const std::string& name) {
  const auto length = static_cast<int>(file.size());
  const bool jpeg = file.size() > 2 && file[0] == 0xFF && file[1] == 0xD8;
  const bool png = file.size() > 4 && file[0] == 0x89 && file[1] == 'P' && file[2] == 'N' && file[3] == 'G';
  if (!jpeg && !png) fail(name, ": expected a JPEG or PNG file but its first bytes are neither's");
  if (jpeg) check_jpeg(file, name);
  int width = 0, height = 0, channels = 0;
  if (stbi_info_from_memory(file.data(), length, &width, &height, &channels) == 0) {
    fail(name, ": expected a readable ", jpeg ? "JPEG" : "PNG", " header but found a broken one (", stbi_failure_reason(), ")");
  }
  const auto columns = static_cast<index_t>(width), rows = static_cast<index_t>(height);
  if (width <= 0 || height <= 0 || columns > ImageLimits::side || rows > ImageLimits::side || columns * rows > ImageLimits::pixels) {
    fail(name, ": expected 1 to ", ImageLimits::side, " pixels a side and at most ", ImageLimits::pixels, " in all but found ", width, "x",
         height);
  }
  const std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> decoded(
      stbi_load_from_memory(file.data(), length, &width, &height, &channels, 0), &stbi_image_free);
  if (!decoded) {
    fail(name, ": expected a whole ", jpeg ? "JPEG" : "PNG", " file but it can't be decoded (", stbi_failure_reason(), ")");
  }
  GrayImage image{rows, columns, std::vector<std::uint8_t>(rows * columns)};
  const auto step = static_cast<index_t>(channels);
  for (index_t i = 0; i < rows * columns; ++i) {
    const stbi_uc* const pixel = decoded.get() + i * step;
    image.pixels[i] = step < 3 ? pixel[0] : gray_of(pixel[0], pixel[1], pixel[2]);
  }
  return image;
}

}  // namespace detail

/// Alpha is dropped and of 16 bits the upper 8 are kept, as OpenCV's imread does.
inline GrayImage read_gray_image(const std::filesystem::path& path) { return detail::decode_image(detail::read_file(path), path.string()); }

/// The same, brought to height × width: what a network reads.
inline GrayImage read_gray_image(const std::filesystem::path& path, index_t height, index_t width) {
  return resize_bilinear(read_gray_image(path), height, width);
}

/// The same for a part of the picture.
inline GrayImage read_gray_image(const std::filesystem::path& path, index_t height, index_t width, const Rectangle& part) {
  return resize_bilinear(crop(read_gray_image(path), part), height, width);
}

}  // namespace taut
