/// Preparation: a picture's bytes become a network's floats, changed by an augmentation on the way or not.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <numeric>

#include "taut/core/error.hpp"
#include "taut/core/random.hpp"
#include "taut/core/shape.hpp"
#include "taut/data/augmentation.hpp"
#include "taut/data/normalization.hpp"
#include "taut/data/picture_change.hpp"

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
    const bool adjusts = adjusts_levels(draw);
    const PictureChange change = change_of(draw, adjusts ? sum_of(image) : 0);
    std::array<float, 256> adjusted;
    if (adjusts) {
      for (index_t byte = 0; byte < 256; ++byte) adjusted[byte] = table_[change.levels[byte]];
    }
    const std::array<float, 256>& table = adjusts ? adjusted : table_;
    if (!augmentation_.moves()) {
      for (index_t i = 0; i < height_ * width_; ++i) out[i] = table[image[i]];
    } else if (augmentation_.interpolation == Interpolation::nearest) {
      move_nearest(change, image, table, out);
    } else {
      move_bilinear(change, image, table, out);
    }
    for (std::uint32_t row = 0; row < change.erased_rows; ++row) {
      std::fill_n(out + (change.erased_top + row) * width_ + change.erased_left, change.erased_columns, 0.0F);
    }
  }

  /// What a draw means for a picture whose bytes add up to `sum`, which matters only where brightness or contrast changes.
  PictureChange change_of(const AugmentationDraw& draw, std::uint64_t sum) const {
    PictureChange change;
    change.flip = draw.flip;
    if (augmentation_.moves()) set_source(draw, augmentation_.interpolation == Interpolation::nearest ? 0.5 : 0, change);
    set_levels(draw, sum, change);
    if (draw.erase) set_erased(draw, change);
    return change;
  }

  std::uint64_t sum_of(const std::uint8_t* image /* (height, width) */) const {
    std::uint64_t sum = 0;
    for (index_t i = 0; i < height_ * width_; ++i) sum += image[i];
    return sum;
  }

  const Augmentation& augmentation() const { return augmentation_; }
  const std::array<float, 256>& table() const { return table_; }  ///< what the network reads for a byte

 private:
  static constexpr index_t largest_side = 4096;  // what 16 bits of whole pixels hold, with room for a tenfold scale

  static bool adjusts_levels(const AugmentationDraw& draw) { return draw.brightness != 1 || draw.contrast != 1; }

  /// The inverse of scaling, rotating and shifting about the picture's centre; `offset` is added after it, in pixels.
  void set_source(const AugmentationDraw& draw, double offset, PictureChange& change) const {
    const double cosine = std::cos(static_cast<double>(draw.radians)) / static_cast<double>(draw.scale);
    const double sine = -std::sin(static_cast<double>(draw.radians)) / static_cast<double>(draw.scale);
    const double width = static_cast<double>(width_), height = static_cast<double>(height_);
    const double x = 0.5 - width / 2 - static_cast<double>(draw.shift_x) * width;  // of the first pixel's centre, from the centre
    const double y = 0.5 - height / 2 - static_cast<double>(draw.shift_y) * height;
    const auto fixed = [](double number) { return static_cast<std::int32_t>(std::floor(number * 65536 + 0.5)); };
    change.x0 = fixed(cosine * x + sine * y + width / 2 - 0.5 + offset);
    change.x_by_x = fixed(cosine);
    change.x_by_y = fixed(sine);
    change.y0 = fixed(cosine * y - sine * x + height / 2 - 0.5 + offset);
    change.y_by_x = fixed(-sine);
    change.y_by_y = fixed(cosine);
  }

  void move_nearest(const PictureChange& change, const std::uint8_t* image, const std::array<float, 256>& table, float* out) const {
    const auto width = static_cast<std::uint32_t>(width_), height = static_cast<std::uint32_t>(height_);
    const float outside = table[augmentation_.fill];
    const std::uint32_t first = change.flip ? width - 1 : 0, step = change.flip ? ~0U : 1U;
    for (index_t row = 0; row < height_; ++row) {
      std::int32_t x = change.x0 + static_cast<std::int32_t>(row) * change.x_by_y;
      std::int32_t y = change.y0 + static_cast<std::int32_t>(row) * change.y_by_y;
      for (index_t column = 0; column < width_; ++column, x += change.x_by_x, y += change.y_by_x) {
        const auto column_in = static_cast<std::uint32_t>(x >> 16), row_in = static_cast<std::uint32_t>(y >> 16);
        const bool inside = column_in < width && row_in < height;
        *out++ = inside ? table[image[row_in * width + first + step * column_in]] : outside;
      }
    }
  }

  void move_bilinear(const PictureChange& change, const std::uint8_t* image, const std::array<float, 256>& table, float* out) const {
    const auto width = static_cast<std::int32_t>(width_), height = static_cast<std::int32_t>(height_);
    const auto pixel = [&](std::int32_t row, std::int32_t column) -> std::int32_t {
      if (row < 0 || row >= height || column < 0 || column >= width) return augmentation_.fill;
      return image[row * width + (change.flip ? width - 1 - column : column)];
    };
    for (std::int32_t row = 0; row < height; ++row) {
      std::int32_t x = change.x0 + row * change.x_by_y, y = change.y0 + row * change.y_by_y;
      for (std::int32_t column = 0; column < width; ++column, x += change.x_by_x, y += change.y_by_x) {
        const std::int32_t left = x >> 16, top = y >> 16, right_share = x >> 8 & 0xFF, lower_share = y >> 8 & 0xFF;
        const std::int32_t upper = pixel(top, left) * (256 - right_share) + pixel(top, left + 1) * right_share;
        const std::int32_t lower = pixel(top + 1, left) * (256 - right_share) + pixel(top + 1, left + 1) * right_share;
        const std::int32_t value = upper * (256 - lower_share) + lower * lower_share;
        *out++ = table[static_cast<index_t>((value + (1 << 15)) >> 16)];
      }
    }
  }

  /// Brightness first, then contrast around the mean of what brightness left.
  void set_levels(const AugmentationDraw& draw, std::uint64_t sum, PictureChange& change) const {
    if (!adjusts_levels(draw)) {
      std::iota(std::begin(change.levels), std::end(change.levels), std::uint8_t{0});
      return;
    }
    const float mean = draw.brightness * static_cast<float>(sum) / static_cast<float>(height_ * width_);
    for (index_t byte = 0; byte < 256; ++byte) {
      const float brightened = draw.brightness * static_cast<float>(byte);
      const float changed = std::clamp(mean + draw.contrast * (brightened - mean), 0.0F, 255.0F);
      change.levels[byte] = static_cast<std::uint8_t>(changed + 0.5F);
    }
  }

  void set_erased(const AugmentationDraw& draw, PictureChange& change) const {
    const auto extent = [](float length, index_t side) { return std::clamp(static_cast<index_t>(length + 0.5F), index_t{1}, side); };
    const float area = draw.area * static_cast<float>(height_ * width_);
    const index_t rows = extent(std::sqrt(area / draw.aspect), height_), columns = extent(std::sqrt(area * draw.aspect), width_);
    change.erased_top = static_cast<std::uint32_t>(draw.erase_y * static_cast<float>(height_ - rows + 1));
    change.erased_left = static_cast<std::uint32_t>(draw.erase_x * static_cast<float>(width_ - columns + 1));
    change.erased_rows = static_cast<std::uint32_t>(rows);
    change.erased_columns = static_cast<std::uint32_t>(columns);
  }

  index_t height_, width_;
  Augmentation augmentation_;
  std::array<float, 256> table_;
};

}  // namespace taut
