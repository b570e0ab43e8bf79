/// Tests of normalisation and augmentation.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "data_helpers.hpp"
#include "taut/data/preparation.hpp"

using namespace taut;
using namespace taut::test;

namespace {

/// Keeps bytes as they are: (x/255 − 0)/(1/255).
constexpr Normalization bytes_kept{0, 1.0F / 255};

Augmentation with(float Augmentation::*option, float value) {
  Augmentation options;
  options.*option = value;
  return options;
}

/// 6 × 4 pixels, all different.
std::vector<std::uint8_t> small_image() {
  std::vector<std::uint8_t> image(24);
  for (index_t i = 0; i < 24; ++i) image[i] = static_cast<std::uint8_t>(10 + 9 * i);
  return image;
}

std::vector<int> applied(const Augmentation& options, const AugmentationDraw& draw, const std::vector<std::uint8_t>& image, index_t height,
                         index_t width) {
  std::vector<float> out(image.size(), -1);
  Preparation(height, width, bytes_kept, options).apply(draw, image.data(), out.data());
  std::vector<int> rounded(out.size());
  std::ranges::transform(out, rounded.begin(), [](float value) { return static_cast<int>(std::lround(value)); });
  return rounded;
}

std::vector<int> ints(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

TEST_CASE("normalisation is PyTorch's, to the last bit") {
  const Normalization half{};
  CHECK(half(0) == -1.0F);
  CHECK(half(255) == 1.0F);
  CHECK(half(51) == (51.0F / 255.0F - 0.5F) / 0.5F);
  // torch: (torch.tensor(100) / 255 - 0.50774) / 0.25501
  CHECK(Normalization{0.50774F, 0.25501F}(100) == -0.453249484F);
  const auto table = half.table();
  for (index_t byte = 0; byte < 256; ++byte) CHECK(table[byte] == half(static_cast<std::uint8_t>(byte)));
}

TEST_CASE("without options nothing changes but the scale") {
  const auto image = small_image();
  const Normalization half{};
  std::vector<float> plain(24), augmented(24);
  const Preparation preparation(4, 6, half);
  preparation.plain(image.data(), plain.data());
  preparation.augmented(image.data(), {1, 2}, augmented.data());
  for (index_t i = 0; i < 24; ++i) CHECK(plain[i] == half(image[i]));
  CHECK(plain == augmented);
}

TEST_CASE("a move that goes nowhere is the identity, nearest and bilinear") {
  auto options = Augmentation::flip_and_rotation();
  options.shift = 0.1F;
  for (const Interpolation interpolation : {Interpolation::nearest, Interpolation::bilinear}) {
    options.interpolation = interpolation;
    CHECK(applied(options, {}, small_image(), 4, 6) == ints(small_image()));
  }
}

TEST_CASE("a flip mirrors the rows, and two flips undo each other") {
  AugmentationDraw draw;
  draw.flip = true;
  for (const Interpolation interpolation : {Interpolation::nearest, Interpolation::bilinear}) {
    auto options = Augmentation::flip_and_rotation();
    options.interpolation = interpolation;
    const std::vector<int> once = applied(options, draw, small_image(), 4, 6);
    for (index_t y = 0; y < 4; ++y) {
      for (index_t x = 0; x < 6; ++x) CHECK(once[y * 6 + x] == small_image()[y * 6 + 5 - x]);
    }
    CHECK(applied(options, draw, {once.begin(), once.end()}, 4, 6) == ints(small_image()));
  }
}

TEST_CASE("a quarter turn is counterclockwise and exact") {
  AugmentationDraw draw;
  draw.radians = std::numbers::pi_v<float> / 2;
  const std::vector<std::uint8_t> image{1, 2, 3, 4, 5, 6, 7, 8, 9};
  CHECK(applied(with(&Augmentation::rotation, 90), draw, image, 3, 3) == std::vector<int>{3, 6, 9, 2, 5, 8, 1, 4, 7});
}

TEST_CASE("a rotation by 15 degrees gives torchvision's pixels, zeros outside") {
  // PIL: Image.fromarray(image).rotate(15), nearest, which is what RandomRotation does; image 8 × 8, pixel i is 3·i + 1
  std::vector<std::uint8_t> image(64);
  for (index_t i = 0; i < 64; ++i) image[i] = static_cast<std::uint8_t>(3 * i + 1);
  AugmentationDraw draw;
  draw.radians = 15 * std::numbers::pi_v<float> / 180;
  CHECK(applied(Augmentation::flip_and_rotation(), draw, image, 8, 8) ==
        std::vector<int>{0,   0,   10,  13,  16, 43,  46,  0,   4,   7,   34,  37,  40,  43,  70,  0,   28,  28,  55, 58,  61,  64,
                         91,  94,  49,  52,  79, 82,  85,  88,  115, 118, 73,  76,  103, 106, 109, 112, 139, 142, 97, 100, 127, 130,
                         133, 136, 163, 163, 0,  121, 148, 151, 154, 157, 184, 187, 0,   145, 148, 175, 178, 181, 0,  0});
  draw.flip = true;  // first flipped, then rotated
  CHECK(applied(Augmentation::flip_and_rotation(), draw, image, 8, 8) ==
        std::vector<int>{0,   0,   13,  10,  7,  28,  25,  0,   19,  16,  37,  34,  31,  28,  49,  0,   43,  43,  64,  61,  58,  55,
                         76,  73,  70,  67,  88, 85,  82,  79,  100, 97,  94,  91,  112, 109, 106, 103, 124, 121, 118, 115, 136, 133,
                         130, 127, 148, 148, 0,  142, 163, 160, 157, 154, 175, 172, 0,   166, 163, 184, 181, 178, 0,   0});
}

TEST_CASE("a shift moves the picture and fills in") {
  auto options = with(&Augmentation::shift, 0.5F);
  options.fill = 3;
  AugmentationDraw draw;
  draw.shift_x = 0.25F;  // one pixel of four to the right
  draw.shift_y = -0.5F;  // one row of two up
  CHECK(applied(options, draw, {10, 20, 30, 40, 50, 60, 70, 80}, 2, 4) == std::vector<int>{3, 50, 60, 70, 3, 3, 3, 3});
  options.interpolation = Interpolation::bilinear;
  draw.shift_x = 0.125F;  // half a pixel: between neighbours, the fill among them
  draw.shift_y = 0;
  CHECK(applied(options, draw, {10, 20, 30, 40}, 1, 4) == std::vector<int>{7, 15, 25, 35});
}

TEST_CASE("a scale of two shows the middle twice as large") {
  auto options = with(&Augmentation::scale_high, 2);
  AugmentationDraw draw;
  draw.scale = 2;
  CHECK(applied(options, draw, {10, 20, 30, 40}, 1, 4) == std::vector<int>{20, 20, 30, 30});
}

TEST_CASE("brightness multiplies, contrast spreads around the mean, both within 0 and 255") {
  AugmentationDraw draw;
  draw.brightness = 1.5F;
  CHECK(applied({}, draw, {0, 100, 200, 50}, 2, 2) == std::vector<int>{0, 150, 255, 75});
  draw = {};
  draw.contrast = 0.5F;
  CHECK(applied({}, draw, {0, 100, 200, 100}, 2, 2) == std::vector<int>{50, 100, 150, 100});
  draw.contrast = 3;
  CHECK(applied({}, draw, {0, 100, 200, 100}, 2, 2) == std::vector<int>{0, 100, 255, 100});
}

TEST_CASE("erasing overwrites one rectangle of the drawn size with the mean") {
  const Normalization half{};
  std::vector<std::uint8_t> image(400, 255);
  std::vector<float> out(400);
  AugmentationDraw draw;
  draw.erase = true;
  draw.area = 0.16F;
  draw.aspect = 4;  // 16 × 4 of 20 × 20
  draw.erase_x = 0.999F;
  draw.erase_y = 0.5F;
  Preparation(20, 20, half).apply(draw, image.data(), out.data());
  for (index_t y = 0; y < 20; ++y) {
    for (index_t x = 0; x < 20; ++x) CHECK(out[y * 20 + x] == (x >= 4 && y >= 8 && y < 12 ? 0.0F : 1.0F));
  }
}

TEST_CASE("draws keep to their ranges, and one option's outcome doesn't depend on the others") {
  Augmentation options;
  options.horizontal_flip = 0.5F;
  options.rotation = 15;
  options.shift = 0.1F;
  options.scale_low = 0.8F;
  options.scale_high = 1.25F;
  options.brightness = 0.2F;
  options.contrast = 0.3F;
  options.erasing = 0.25F;
  index_t flips = 0, erased = 0;
  const index_t draws = 4000;
  for (index_t i = 0; i < draws; ++i) {
    const AugmentationDraw draw = draw_augmentation(options, {9, i});
    flips += draw.flip;
    erased += draw.erase;
    CHECK(std::abs(draw.radians) <= 15 * std::numbers::pi_v<float> / 180);
    CHECK(std::abs(draw.shift_x) <= 0.1F);
    CHECK(std::abs(draw.shift_y) <= 0.1F);
    CHECK(draw.scale >= 0.8F);
    CHECK(draw.scale <= 1.25F);
    CHECK(std::abs(draw.brightness - 1) <= 0.2001F);
    CHECK(std::abs(draw.contrast - 1) <= 0.3001F);
    CHECK(draw.area >= 0.02F);
    CHECK(draw.area <= 0.2F);
    CHECK(draw_augmentation(with(&Augmentation::rotation, 15), {9, i}).radians == draw.radians);
  }
  // five standard deviations of a binomial count
  CHECK(std::abs(static_cast<double>(flips) - 0.5 * draws) < 5 * std::sqrt(0.25 * draws));
  CHECK(std::abs(static_cast<double>(erased) - 0.25 * draws) < 5 * std::sqrt(0.1875 * draws));
}

TEST_CASE("options out of range are refused") {
  const auto error = [](const Augmentation& options) { return error_of([&] { Preparation(4, 4, {}, options); }); };
  CHECK(says(error(with(&Augmentation::horizontal_flip, 1.5F)), {"augmentation", "flip", "1.5"}));
  CHECK(says(error(with(&Augmentation::rotation, -1)), {"rotation", "-1"}));
  CHECK(says(error(with(&Augmentation::rotation, std::numeric_limits<float>::quiet_NaN())), {"rotation", "nan"}));
  CHECK(says(error(with(&Augmentation::shift, 2)), {"shift", "2"}));
  CHECK(says(error(with(&Augmentation::scale_low, 0)), {"scale", "0"}));
  CHECK(says(error(with(&Augmentation::scale_high, 0.5F)), {"scale", "0.5"}));
  CHECK(says(error(with(&Augmentation::brightness, -0.5F)), {"brightness", "-0.5"}));
  CHECK(says(error(with(&Augmentation::contrast, 3)), {"contrast", "3"}));
  CHECK(says(error(with(&Augmentation::erasing, 7)), {"erasing", "7"}));
  CHECK(says(error(with(&Augmentation::erasing_high, 0.001F)), {"erased area", "0.001"}));
  CHECK(says(error_of([] { Preparation(4, 4, {0, 0}); }), {"standard deviation", "0"}));
  CHECK(says(error_of([] { Preparation(0, 4, {}); }), {"4x0"}));
}
