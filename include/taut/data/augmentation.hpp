/// Augmentation: what may happen to a training picture, and the draw that says what happens to one.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include "taut/core/error.hpp"
#include "taut/core/random.hpp"

namespace taut {

enum class Interpolation { nearest, bilinear };

/// Every range is drawn from uniformly; the defaults change nothing.
struct Augmentation {
  float horizontal_flip = 0;                       ///< probability
  float rotation = 0;                              ///< ± degrees about the centre
  float shift = 0;                                 ///< ± fraction of the width and of the height
  float scale_low = 1, scale_high = 1;             ///< factor; above 1 the picture grows
  float brightness = 0;                            ///< ± of a factor about 1
  float contrast = 0;                              ///< ± of a factor about 1, around the picture's mean
  float erasing = 0;                               ///< probability that a rectangle is overwritten with the normalisation's mean
  float erasing_low = 0.02F, erasing_high = 0.2F;  ///< its fraction of the area; its aspect ratio lies between 0.3 and 3.3
  Interpolation interpolation = Interpolation::nearest;
  std::uint8_t fill = 0;  ///< what comes in from outside the picture

  /// torchvision's RandomHorizontalFlip(0.5) and RandomRotation(15) with their defaults.
  static constexpr Augmentation flip_and_rotation() {
    Augmentation options;
    options.horizontal_flip = 0.5F;
    options.rotation = 15;
    return options;
  }

  bool moves() const { return horizontal_flip > 0 || rotation != 0 || shift != 0 || scale_low != 1 || scale_high != 1; }

  void check() const {
    const auto require = [](bool holds, const char* what, float got) {
      if (!holds) fail("augmentation: expected ", what, " but got ", got);
    };
    require(horizontal_flip >= 0 && horizontal_flip <= 1, "a horizontal flip's probability from 0 to 1", horizontal_flip);
    require(rotation >= 0 && rotation <= 180, "a rotation from 0 to 180 degrees", rotation);
    require(shift >= 0 && shift <= 1, "a shift from 0 to 1", shift);
    require(scale_low >= 0.1F && scale_low <= 10, "a lowest scale from 0.1 to 10", scale_low);
    require(scale_high >= scale_low && scale_high <= 10, "a highest scale from the lowest to 10", scale_high);
    require(brightness >= 0 && brightness <= 1, "a brightness from 0 to 1", brightness);
    require(contrast >= 0 && contrast <= 1, "a contrast from 0 to 1", contrast);
    require(erasing >= 0 && erasing <= 1, "an erasing probability from 0 to 1", erasing);
    require(erasing_low > 0 && erasing_low <= 1, "a smallest erased area above 0 and up to 1", erasing_low);
    require(erasing_high >= erasing_low && erasing_high <= 1, "a largest erased area from the smallest to 1", erasing_high);
  }
};

/// What happens to one picture: a function of the options and the key alone.
struct AugmentationDraw {
  bool flip = false;
  float radians = 0;  ///< counterclockwise
  float shift_x = 0, shift_y = 0, scale = 1, brightness = 1, contrast = 1;
  bool erase = false;
  float area = 0, aspect = 1, erase_x = 0, erase_y = 0;  ///< the last two: where in the room that the rectangle leaves, from 0 to 1
};

/// Every number is drawn, wanted or not, so that switching one option on doesn't change the others' outcome.
inline AugmentationDraw draw_augmentation(const Augmentation& options, RandomKey key) {
  Random random(key);
  AugmentationDraw draw;
  draw.flip = random.chance(options.horizontal_flip);
  draw.radians = random.uniform(-options.rotation, options.rotation) * (std::numbers::pi_v<float> / 180);
  draw.shift_x = random.uniform(-options.shift, options.shift);
  draw.shift_y = random.uniform(-options.shift, options.shift);
  draw.scale = random.uniform(options.scale_low, options.scale_high);
  draw.brightness = random.uniform(1 - options.brightness, 1 + options.brightness);
  draw.contrast = random.uniform(1 - options.contrast, 1 + options.contrast);
  draw.erase = random.chance(options.erasing);
  draw.area = random.uniform(options.erasing_low, options.erasing_high);
  draw.aspect = std::exp(random.uniform(std::log(0.3F), std::log(3.3F)));
  draw.erase_x = random.uniform();
  draw.erase_y = random.uniform();
  return draw;
}

}  // namespace taut
