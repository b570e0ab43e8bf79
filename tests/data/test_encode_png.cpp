/// Tests of the PNG encoder, by the decoder, and of the grid of pictures.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "data_helpers.hpp"
#include "taut/image.hpp"

using namespace taut;
using namespace taut::test;

TEST_CASE("a gray picture comes back from its PNG bit for bit") {
  const TemporaryFolder folder;
  GrayImage image{7, 13, {}};
  for (index_t i = 0; i < 7 * 13; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * i));
  const GrayImage read = read_gray_image(folder.write("gray.png", encode_png(image)));
  CHECK(read.height == 7);
  CHECK(read.width == 13);
  CHECK(read.pixels == image.pixels);
}

TEST_CASE("a colour picture has its own PNG header, and its colours") {
  const TemporaryFolder folder;
  const std::string file = encode_png(std::vector<std::uint8_t>{255, 0, 0, 0, 0, 255}, 2, 1, 3);
  CHECK(file.substr(16, 10) == std::string("\0\0\0\1\0\0\0\2\10\2", 10));  // width, height, depth, colour type
  const GrayImage read = read_gray_image(folder.write("colour.png", file));
  CHECK(read.pixels == std::vector<std::uint8_t>{gray_of(255, 0, 0), gray_of(0, 0, 255)});
}

TEST_CASE("pictures of no size, of too many channels or of too few bytes are refused") {
  const std::vector<std::uint8_t> pixels(12);
  CHECK(says(error_of([&] { encode_png(pixels, 0, 4); }), {"1 to 16384", "got 4x0"}));
  CHECK(says(error_of([&] { encode_png(pixels, 1, 16385); }), {"1 to 16384", "got 16385x1"}));
  CHECK(says(error_of([&] { encode_png(pixels, 2, 1, 6); }), {"1 to 4 channels", "got 6"}));
  CHECK(says(error_of([&] { encode_png(pixels, 2, 3, 1); }), {"2x3x1 = 6 bytes", "got 12"}));
}

TEST_CASE("a grid shows what the network sees, two black pixels around each picture") {
  const Normalization normalization{0.5F, 0.25F};
  std::vector<float> images;  // three pictures of 1×2
  for (const int byte : {10, 20, 30, 40, 50, 60}) images.push_back(normalization(static_cast<std::uint8_t>(byte)));
  images[5] = 100;  // beyond white
  const GrayImage grid = make_grid(images, 1, 2, normalization, 2);
  CHECK(grid.height == 2 + 3 + 3);
  CHECK(grid.width == 2 + 4 + 4);
  const auto pixel = [&](index_t y, index_t x) { return static_cast<int>(grid.pixels[y * grid.width + x]); };
  CHECK(pixel(2, 2) == 10);
  CHECK(pixel(2, 3) == 20);
  CHECK(pixel(2, 6) == 30);
  CHECK(pixel(5, 2) == 50);
  CHECK(pixel(5, 3) == 255);
  CHECK(pixel(2, 4) == 0);
  CHECK(pixel(5, 6) == 0);
  CHECK(make_grid(images, 1, 2, normalization, 8).width == 2 + 3 * 4);
  CHECK(says(error_of([&] { make_grid(images, 2, 2, normalization); }), {"2x2", "6 pixels"}));
  CHECK(says(error_of([&] { make_grid(images, 1, 2, normalization, 0); }), {"0 columns"}));
}
