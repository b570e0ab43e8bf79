/// GrayImage: one picture of any size, and the crop and resize that bring it to a network's.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut {

struct GrayImage {
  index_t height = 0, width = 0;
  std::vector<std::uint8_t> pixels;  ///< (height, width)
};

/// A part of a picture, in pixels from its upper left corner.
struct Rectangle {
  index_t x = 0, y = 0, width = 0, height = 0;
};

/// 0.299 R + 0.587 G + 0.114 B, rounded as OpenCV rounds it (15 bits of fraction).
constexpr std::uint8_t gray_of(std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  return static_cast<std::uint8_t>((red * 9798 + green * 19235 + blue * 3735 + (1 << 14)) >> 15);
}

inline GrayImage crop(const GrayImage& image, const Rectangle& part) {
  const bool inside =
      part.x < image.width && part.width <= image.width - part.x && part.y < image.height && part.height <= image.height - part.y;
  if (part.width == 0 || part.height == 0 || !inside) {
    fail("expected a part of ", image.width, "x", image.height, " pixels (width x height) but got ", part.width, "x", part.height, " at (",
         part.x, ", ", part.y, ")");
  }
  GrayImage cut{part.height, part.width, {}};
  cut.pixels.reserve(part.width * part.height);
  for (index_t y = part.y; y < part.y + part.height; ++y) {
    const auto row = image.pixels.begin() + static_cast<std::ptrdiff_t>(y * image.width + part.x);
    cut.pixels.insert(cut.pixels.end(), row, row + static_cast<std::ptrdiff_t>(part.width));
  }
  return cut;
}

namespace detail {

/// Where one output pixel reads along an axis: two neighbours and their shares of 2048.
struct LinearTap {
  index_t first = 0, second = 0;
  std::int32_t first_share = 0, second_share = 0;
};

/// Pixel centres aligned: output i stands at (i + ½)·in/out − ½ of the input, and the border's pixels reach outward.
inline std::vector<LinearTap> linear_taps(index_t in, index_t out) {
  std::vector<LinearTap> taps(out);
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  for (index_t i = 0; i < out; ++i) {
    const auto position = static_cast<float>((static_cast<double>(i) + 0.5) * scale - 0.5);
    const float below = std::floor(position), fraction = position - below;
    const auto index = [in](float at) { return static_cast<index_t>(std::clamp(at, 0.0F, static_cast<float>(in - 1))); };
    taps[i] = {index(below), index(below + 1), static_cast<std::int32_t>(std::lrint((1.0F - fraction) * 2048.0F)),
               static_cast<std::int32_t>(std::lrint(fraction * 2048.0F))};
  }
  return taps;
}

}  // namespace detail

/// Bilinear, no antialiasing: what OpenCV's INTER_LINEAR does, its fixed-point rounding included. The same size is the same picture.
inline GrayImage resize_bilinear(const GrayImage& image, index_t height, index_t width) {
  if (height == 0 || width == 0) fail("expected to resize to at least 1x1 pixels but got ", width, "x", height);
  if (image.height == height && image.width == width) return image;
  const std::vector<detail::LinearTap> columns = detail::linear_taps(image.width, width);
  const std::vector<detail::LinearTap> rows = detail::linear_taps(image.height, height);
  GrayImage resized{height, width, std::vector<std::uint8_t>(height * width)};
  for (index_t y = 0; y < height; ++y) {
    const detail::LinearTap& row = rows[y];
    const std::uint8_t* const above = image.pixels.data() + row.first * image.width;
    const std::uint8_t* const below = image.pixels.data() + row.second * image.width;
    for (index_t x = 0; x < width; ++x) {
      const detail::LinearTap& column = columns[x];
      const std::int32_t top = above[column.first] * column.first_share + above[column.second] * column.second_share;
      const std::int32_t bottom = below[column.first] * column.first_share + below[column.second] * column.second_share;
      const std::int32_t value = ((row.first_share * (top >> 4)) >> 16) + ((row.second_share * (bottom >> 4)) >> 16);
      resized.pixels[y * width + x] = static_cast<std::uint8_t>(std::clamp((value + 2) >> 2, 0, 255));
    }
  }
  return resized;
}

}  // namespace taut
