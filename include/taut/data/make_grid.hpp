/// make_grid: prepared pictures side by side, as bytes again: what a network really sees.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "taut/core/error.hpp"
#include "taut/data/gray_image.hpp"
#include "taut/data/normalization.hpp"

namespace taut {

/// `columns` pictures a row, with two black pixels around each.
/// https://pytorch.org/vision/stable/generated/torchvision.utils.make_grid.html
inline GrayImage make_grid(std::span<const float> images,  // (pictures, height, width, 1)
                           index_t height, index_t width, Normalization normalization, index_t columns = 8) {
  constexpr index_t gap = 2;
  const index_t pixels = height * width;
  if (columns == 0 || images.empty() || pixels == 0 || images.size() % pixels != 0) {
    fail("make_grid: expected at least one column and pictures of ", height, "x", width, " pixels but got ", columns, " columns and ",
         images.size(), " pixels in all");
  }
  const index_t count = images.size() / pixels;
  columns = std::min(columns, count);
  const index_t rows = (count + columns - 1) / columns;
  GrayImage grid{gap + rows * (height + gap), gap + columns * (width + gap), {}};
  grid.pixels.resize(grid.height * grid.width);
  for (index_t i = 0; i < count; ++i) {
    const index_t top = gap + i / columns * (height + gap), left = gap + i % columns * (width + gap);
    for (index_t pixel = 0; pixel < pixels; ++pixel) {
      const float byte = std::round(255 * (images[i * pixels + pixel] * normalization.std + normalization.mean));
      grid.pixels[(top + pixel / width) * grid.width + left + pixel % width] = static_cast<std::uint8_t>(std::clamp(byte, 0.0F, 255.0F));
    }
  }
  return grid;
}

}  // namespace taut
