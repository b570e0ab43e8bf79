/// encode_png: pixels as the bytes of a PNG file.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"
#include "taut/data/gray_image.hpp"
#include "taut/data/stb_image_write.hpp"

namespace taut {

/// Channels: 1 for gray, 2 with alpha, 3 for RGB, 4 with alpha. At most 16,384 pixels a side. Throws an Error where the sizes don't fit.
inline std::string encode_png(std::span<const std::uint8_t> pixels,  // (height, width, channels)
                              index_t height, index_t width, index_t channels = 1) {
  constexpr index_t side = 16384;
  if (height == 0 || width == 0 || height > side || width > side) {
    fail("encode_png: expected pictures of 1 to ", side, " pixels a side but got ", width, "x", height);
  }
  if (channels == 0 || channels > 4) fail("encode_png: expected 1 to 4 channels but got ", channels);
  if (pixels.size() != height * width * channels) {
    fail("encode_png: expected ", height, "x", width, "x", channels, " = ", height * width * channels, " bytes but got ", pixels.size());
  }
  std::string png;
  const auto append = [](void* to, void* data, int size) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(data), static_cast<std::size_t>(size));
  };
  const auto as_int = [](index_t value) { return static_cast<int>(value); };
  if (stbi_write_png_to_func(append, &png, as_int(width), as_int(height), as_int(channels), pixels.data(), as_int(width * channels)) == 0) {
    fail("encode_png: there is not enough memory for a picture of ", width, "x", height, " pixels");
  }
  return png;
}

inline std::string encode_png(const GrayImage& image) { return encode_png(image.pixels, image.height, image.width); }

}  // namespace taut
