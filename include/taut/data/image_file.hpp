/// read_gray_image: a JPEG or PNG file as gray pixels, whatever colours, alpha or depth it has.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/data/check_jpeg.hpp"
#include "taut/data/check_png.hpp"
#include "taut/data/decoder_reason.hpp"
#include "taut/data/gray_image.hpp"
#include "taut/data/stb_image.hpp"

namespace taut {

/// Files beyond these limits are refused before anything is decoded.
struct ImageLimits {
  static constexpr index_t file_bytes = index_t{256} << 20;
  static constexpr index_t side = 16384;
  static constexpr index_t pixels = 64'000'000;
  static constexpr index_t decoded_pixels = 16 * pixels;  ///< of all of a JPEG's scans together; a progressive one has about ten
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

inline GrayImage decode_image(std::span<const std::uint8_t> file, const std::string& name) {
  const auto length = static_cast<int>(file.size());
  const bool jpeg = file.size() > 2 && file[0] == 0xFF && file[1] == 0xD8;
  const bool png = file.size() > 4 && file[0] == 0x89 && file[1] == 'P' && file[2] == 'N' && file[3] == 'G';
  if (!jpeg && !png) fail(name, ": expected a JPEG or PNG file but its first bytes are neither's");
  const index_t scans = jpeg ? check_jpeg(file, name) : 0;
  int width = 0, height = 0, channels = 0;
  if (stbi_info_from_memory(file.data(), length, &width, &height, &channels) == 0) {
    fail(name, ": expected a readable ", jpeg ? "JPEG" : "PNG", " header but found a broken one");
  }
  const auto columns = static_cast<index_t>(width), rows = static_cast<index_t>(height);
  if (width <= 0 || height <= 0 || columns > ImageLimits::side || rows > ImageLimits::side || columns * rows > ImageLimits::pixels) {
    fail(name, ": expected 1 to ", ImageLimits::side, " pixels a side and at most ", ImageLimits::pixels, " in all but found ", width, "x",
         height);
  }
  // The decoder pads pixels to blocks of up to 32, and decodes a scan that has none as if it had them all.
  if (const index_t padded = (rows + 31) / 32 * ((columns + 31) / 32) * 1024; scans * padded > ImageLimits::decoded_pixels) {
    fail(name, ": expected at most ", ImageLimits::decoded_pixels / padded, " scans in a JPEG of ", width, "x", height, " but found ",
         scans);
  }
  if (png) check_png(file, name, rows, columns);
  const DecoderReason reason;
  const std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> decoded(
      stbi_load_from_memory(file.data(), length, &width, &height, &channels, 0), &stbi_image_free);
  if (!decoded) fail(name, ": expected a whole ", jpeg ? "JPEG" : "PNG", " file but it can't be decoded", reason.text());
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
