/// Preparation: a picture's bytes become a network's floats, changed by an augmentation on the way or not.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "taut/core/error.hpp"
#include "taut/core/random.hpp"
#include "taut/core/shape.hpp"
#include "taut/data/augmentation.hpp"
#include "taut/data/normalization.hpp"

namespace taut {

/// Stateless between pictures: any thread may prepare any of them, in any order.
class Preparation {
 public:
  Preparation(index_t height, index_t width, Normalization normalization, Augmentation augmentation = {})
      : height_(height), width_(width), augmentation_(augmentation), table_(normalization.table()) {
    if (height == 0 || width == 0 || height > largest_side || width > largest_side) {
      fail("expected pictures of 1 to ", largest_side, " pixels a side but got ", width, "x", height);
    }
    if (!(normalization.std > 0)) fail("expected a standard deviation above 0 but got ", normalization.std);
    augmentation.check();
  }

  index_t pixels() const { return height_ * width_; }

  /// Normalises and changes nothing else.
  void plain(const std::uint8_t* image,  // (height, width)
             float* out                  // (height, width, 1)
  ) const {
    for (index_t i = 0; i < height_ * width_; ++i) out[i] = table_[image[i]];
  }

  /// Normalises and changes what `key` says.
  void augmented(const std::uint8_t* image,  // (height, width)
                 RandomKey key,
                 float* out  // (height, width, 1)
  ) const {
    apply(draw_augmentation(augmentation_, key), image, out);
  }

  void apply(const AugmentationDraw& draw,
             const std::uint8_t* image,  // (height, width)
             float* out                  // (height, width, 1)
  ) const {
    std::array<float, 256> adjusted;
    const bool adjusts = draw.brightness != 1 || draw.contrast != 1;
    if (adjusts) adjusted = adjust(draw, image);
    const std::array<float, 256>& table = adjusts ? adjusted : table_;
    if (!augmentation_.moves()) {
      for (index_t i = 0; i < height_ * width_; ++i) out[i] = table[image[i]];
    } else if (augmentation_.interpolation == Interpolation::nearest) {
      move_nearest(source_of(draw, 0.5), draw.flip, image, table, out);
    } else {
      move_bilinear(source_of(draw, 0), draw.flip, image, table, out);
    }
    if (draw.erase) erase(draw, out);
  }

 private:
  static constexpr index_t largest_side = 4096;  // what 16 bits of whole pixels hold, with room for a tenfold scale

  /// Where output pixel (x, y) comes from, in 1/65536 of a pixel: (x0 + x·x_by_x + y·x_by_y, y0 + x·y_by_x + y·y_by_y).
  struct Affine {
    std::int32_t x0, x_by_x, x_by_y, y0, y_by_x, y_by_y;
  };

  /// The inverse of scaling, rotating and shifting about the picture's centre; `offset` is added after it, in pixels.
  Affine source_of(const AugmentationDraw& draw, double offset) const {
    const double cosine = std::cos(static_cast<double>(draw.radians)) / static_cast<double>(draw.scale);
    const double sine = -std::sin(static_cast<double>(draw.radians)) / static_cast<double>(draw.scale);
    const double width = static_cast<double>(width_), height = static_cast<double>(height_);
    const double x = 0.5 - width / 2 - static_cast<double>(draw.shift_x) * width;  // of the first pixel's centre, from the centre
    const double y = 0.5 - height / 2 - static_cast<double>(draw.shift_y) * height;
    const auto fixed = [](double number) { return static_cast<std::int32_t>(std::floor(number * 65536 + 0.5)); };
    return {fixed(cosine * x + sine * y + width / 2 - 0.5 + offset),  fixed(cosine), fixed(sine),
            fixed(cosine * y - sine * x + height / 2 - 0.5 + offset), fixed(-sine),  fixed(cosine)};
  }

  void move_nearest(const Affine& source, bool flip, const std::uint8_t* image, const std::array<float, 256>& table, float* out) const {
    const auto width = static_cast<std::uint32_t>(width_), height = static_cast<std::uint32_t>(height_);
    const float outside = table[augmentation_.fill];
    const std::uint32_t first = flip ? width - 1 : 0, step = flip ? ~0U : 1U;
    for (index_t row = 0; row < height_; ++row) {
      std::int32_t x = source.x0 + static_cast<std::int32_t>(row) * source.x_by_y;
      std::int32_t y = source.y0 + static_cast<std::int32_t>(row) * source.y_by_y;
      for (index_t column = 0; column < width_; ++column, x += source.x_by_x, y += source.y_by_x) {
        const auto column_in = static_cast<std::uint32_t>(x >> 16), row_in = static_cast<std::uint32_t>(y >> 16);
        const bool inside = column_in < width && row_in < height;
        *out++ = inside ? table[image[row_in * width + first + step * column_in]] : outside;
      }
    }
  }

  void move_bilinear(const Affine& source, bool flip, const std::uint8_t* image, const std::array<float, 256>& table, float* out) const {
    const auto width = static_cast<std::int32_t>(width_), height = static_cast<std::int32_t>(height_);
    const auto pixel = [&](std::int32_t row, std::int32_t column) -> std::int32_t {
      if (row < 0 || row >= height || column < 0 || column >= width) return augmentation_.fill;
      return image[row * width + (flip ? width - 1 - column : column)];
    };
    for (std::int32_t row = 0; row < height; ++row) {
      std::int32_t x = source.x0 + row * source.x_by_y, y = source.y0 + row * source.y_by_y;
      for (std::int32_t column = 0; column < width; ++column, x += source.x_by_x, y += source.y_by_x) {
        const std::int32_t left = x >> 16, top = y >> 16, right_share = x >> 8 & 0xFF, lower_share = y >> 8 & 0xFF;
        const std::int32_t upper = pixel(top, left) * (256 - right_share) + pixel(top, left + 1) * right_share;
        const std::int32_t lower = pixel(top + 1, left) * (256 - right_share) + pixel(top + 1, left + 1) * right_share;
        const std::int32_t value = upper * (256 - lower_share) + lower * lower_share;
        *out++ = table[static_cast<index_t>((value + (1 << 15)) >> 16)];
      }
    }
  }

  /// Brightness first, then contrast around the mean of what brightness left, then normalisation: one value a byte.
  std::array<float, 256> adjust(const AugmentationDraw& draw, const std::uint8_t* image) const {
    std::uint64_t sum = 0;
    for (index_t i = 0; i < height_ * width_; ++i) sum += image[i];
    const float mean = draw.brightness * static_cast<float>(sum) / static_cast<float>(height_ * width_);
    std::array<float, 256> values;
    for (index_t byte = 0; byte < 256; ++byte) {
      const float brightened = draw.brightness * static_cast<float>(byte);
      const float changed = std::clamp(mean + draw.contrast * (brightened - mean), 0.0F, 255.0F);
      values[byte] = table_[static_cast<index_t>(changed + 0.5F)];
    }
    return values;
  }

  void erase(const AugmentationDraw& draw, float* out) const {
    const auto extent = [](float length, index_t side) { return std::clamp(static_cast<index_t>(length + 0.5F), index_t{1}, side); };
    const float area = draw.area * static_cast<float>(height_ * width_);
    const index_t rows = extent(std::sqrt(area / draw.aspect), height_), columns = extent(std::sqrt(area * draw.aspect), width_);
    const auto top = static_cast<index_t>(draw.erase_y * static_cast<float>(height_ - rows + 1));
    const auto left = static_cast<index_t>(draw.erase_x * static_cast<float>(width_ - columns + 1));
    for (index_t row = top; row < top + rows; ++row) std::fill_n(out + row * width_ + left, columns, 0.0F);
  }

  index_t height_, width_;
  Augmentation augmentation_;
  std::array<float, 256> table_;
};

}  // namespace taut
