/// Tests of reading, graying, cropping and resizing pictures.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <zlib.h>

#include "data_helpers.hpp"
#include "picture_file.hpp"
#include "taut/data/image_file.hpp"

using namespace taut;
using namespace taut::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

GrayImage read(std::span<const unsigned char> content) { return taut::test::read(Bytes(content.begin(), content.end())); }

}  // namespace

TEST_CASE("gray is 0.299 R + 0.587 G + 0.114 B, to the nearest integer") {
  CHECK(gray_of(255, 0, 0) == 76);
  CHECK(gray_of(0, 255, 0) == 150);
  CHECK(gray_of(0, 0, 255) == 29);
  CHECK(gray_of(255, 255, 255) == 255);
  CHECK(gray_of(1, 1, 1) == 1);
  int furthest = 0;
  for (int red = 0; red < 256; red += 5) {
    for (int green = 0; green < 256; green += 5) {
      for (int blue = 0; blue < 256; blue += 5) {
        const double exact = 0.299 * red + 0.587 * green + 0.114 * blue;
        const int gray = gray_of(static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green), static_cast<std::uint8_t>(blue));
        furthest = std::max(furthest, static_cast<int>(std::abs(gray - exact) > 0.51));  // 15 bits of fraction: 255 · 2^-15 off at most
      }
    }
  }
  CHECK(furthest == 0);
}

TEST_CASE("a gray PNG comes back byte for byte") {
  const Bytes pixels{0, 1, 2, 100, 200, 255};
  const GrayImage image = read(png({3, 2}, pixels));
  CHECK(image.width == 3);
  CHECK(image.height == 2);
  CHECK(image.pixels == pixels);
}

TEST_CASE("colour, alpha and 16 bits become 8 bits of gray") {
  CHECK(read(png({2, 1, 8, 2}, Bytes{255, 0, 0, 10, 20, 30})).pixels == Bytes{76, gray_of(10, 20, 30)});
  CHECK(read(png({2, 1, 8, 6}, Bytes{255, 0, 0, 0, 10, 20, 30, 255})).pixels == Bytes{76, gray_of(10, 20, 30)});
  CHECK(read(png({2, 1, 8, 4}, Bytes{7, 0, 9, 255})).pixels == Bytes{7, 9});
  CHECK(read(png({2, 1, 16, 0}, Bytes{0x12, 0x34, 0xFF, 0x00})).pixels == Bytes{0x12, 0xFF});
}

TEST_CASE("JPEGs are read, gray and colour") {
  const GrayImage gray = read(gray_jpeg);
  REQUIRE(gray.width == 16);
  REQUIRE(gray.height == 16);
  for (index_t i = 0; i < 256; ++i) {
    const int expected = static_cast<int>(20 + 8 * (i / 16) + 4 * (i % 16));
    CHECK(std::abs(gray.pixels[i] - expected) <= 8);  // quality 90: quantisation steps of a few grays in several coefficients
  }
  const GrayImage colour = read(colour_jpeg);
  REQUIRE(colour.pixels.size() == 256);
  CHECK(std::abs(colour.pixels[8 * 16 + 3] - gray_of(200, 40, 60)) <= 4);
  CHECK(std::abs(colour.pixels[8 * 16 + 12] - gray_of(30, 90, 220)) <= 4);
}

TEST_CASE("files that are no picture are refused by name") {
  CHECK(says(error_with("words.jpg", Bytes{'h', 'e', 'l', 'l', 'o'}), {"words.jpg", "expected a JPEG or PNG"}));
  CHECK(says(error_with("bitmap.png", Bytes{'B', 'M', 0, 0, 0, 0}), {"bitmap.png", "expected a JPEG or PNG"}));
  CHECK(says(error_with("empty.png", {}), {"empty.png", "empty"}));
  const TemporaryFolder folder;
  CHECK(says(error_of([&] { (void)read_gray_image(folder.path() / "none.png"); }), {"none.png", "can't open"}));
  CHECK(says(error_of([&] { (void)read_gray_image(folder.path()); }), {folder.path().string(), "directory"}));
}

TEST_CASE("a picture cut off anywhere is refused") {
  for (const Bytes& whole :
       {Bytes(std::begin(gray_jpeg), std::end(gray_jpeg)), Bytes(std::begin(colour_jpeg), std::end(colour_jpeg)), flat_png(16, 16, 99)}) {
    index_t read_anyway = 0;
    const index_t needed = whole[0] == 0xFF ? whole.size() : whole.size() - 12;  // a PNG's last 12 bytes say only that it ends
    for (index_t length = 0; length < needed; ++length) {
      read_anyway += error_with("cut", Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))).empty();
    }
    CHECK(read_anyway == 0);
    CHECK(error_with("whole", whole).empty());
  }
}

TEST_CASE("pictures of no pixels or of far too many are refused before they are decoded") {
  CHECK(says(error_with("none.png", png({0, 10}, {})), {"none.png"}));
  CHECK(says(error_with("none.png", png({10, 0}, {})), {"none.png"}));
  CHECK(says(error_with("wide.png", png({100'000, 1}, {})), {"wide.png", "16384 pixels a side", "found 100000x1"}));
  CHECK(says(error_with("vast.png", png({100'000, 100'000}, {})), {"vast.png"}));
  CHECK(says(error_with("large.png", png({16'000, 16'000}, {})), {"large.png", "64000000", "found 16000x16000"}));
  Bytes tall(std::begin(gray_jpeg), std::end(gray_jpeg));
  const std::array<std::uint8_t, 2> frame{0xFF, 0xC0};
  const auto at = std::search(tall.begin(), tall.end(), frame.begin(), frame.end());
  REQUIRE(at != tall.end());
  at[5] = at[6] = 0xFF;  // its height
  CHECK(says(error_with("tall.jpg", tall), {"tall.jpg", "16384 pixels a side", "found 16x65535"}));
  at[5] = at[6] = 0;
  CHECK(says(error_with("flat.jpg", tall), {"flat.jpg"}));
}

TEST_CASE("a PNG whose pixels unpack to far more than its picture is refused before they do") {
  const Bytes zeros(index_t{68} << 20);
  uLongf size = ::compressBound(zeros.size());
  Bytes packed(size);
  REQUIRE(::compress2(packed.data(), &size, zeros.data(), zeros.size(), Z_BEST_COMPRESSION) == Z_OK);
  packed.resize(size);
  const Bytes bomb = png_of_stream({1, 1}, packed);
  CHECK(bomb.size() < 80'000);
  CHECK(says(error_with("bomb.png", bomb), {"bomb.png", "expected at most", "in a PNG of 1x1", "can't be unpacked"}));

  // The decoder takes what a chunk says of its own length for true, and makes room for it.
  Bytes long_chunk = flat_png(16, 16, 99);
  const std::array<std::uint8_t, 4> type{'I', 'D', 'A', 'T'};
  std::search(long_chunk.begin(), long_chunk.end(), type.begin(), type.end())[-4] = 0x3F;  // the length's highest byte
  CHECK(says(error_with("chunk.png", long_chunk), {"chunk.png", "expected a PNG's chunk \"IDAT\" of", "bytes but the file ends after"}));

  // What a second header says of the pixels gets no memory: the decoder refuses it itself.
  Bytes twice = png({16'000, 4'000}, Bytes(100'000));
  constexpr index_t header = 8, header_size = 25;
  const Bytes second(twice.begin() + header, twice.begin() + header + header_size);
  const auto at = twice.insert(twice.begin() + header + header_size, second.begin(), second.end());
  at[16] = 255;  // bits of a sample, of which there are now four
  at[17] = 6;
  CHECK(says(error_with("twice.png", twice), {"twice.png", "can't be decoded (multiple IHDR)"}));

  Bytes noise(400 * 300);  // as many packed bytes, and as many pixels
  std::iota(noise.begin(), noise.end(), std::uint8_t{0});
  CHECK(read(png({400, 300}, noise)).pixels == noise);
}

TEST_CASE("a reason that the decoder doesn't say is not another file's") {
  const Bytes reserved{0x78, 0x9C, 0x07, 0, 0, 0, 0};  // a block of deflate of the kind that isn't used yet
  CHECK(
      error_with("silent.png", png_of_stream({4, 4}, reserved)).ends_with("silent.png: expected a whole PNG file but it can't be decoded"));
  Bytes spoken = flat_png(16, 16, 99);
  const std::array<std::uint8_t, 4> type{'I', 'D', 'A', 'T'};
  std::search(spoken.begin(), spoken.end(), type.begin(), type.end())[4] = 0;  // the first byte of zlib's header
  CHECK(says(error_with("spoken.png", spoken), {"spoken.png", "can't be decoded (bad zlib header)"}));
  CHECK(error_with("silent.png", png_of_stream({4, 4}, reserved)).ends_with("can't be decoded"));
}

TEST_CASE("resizing to the same size changes nothing") {
  GrayImage image{5, 7, Bytes(35)};
  std::iota(image.pixels.begin(), image.pixels.end(), std::uint8_t{3});
  CHECK(resize_bilinear(image, 5, 7).pixels == image.pixels);
}

TEST_CASE("bilinear resizing aligns pixel centres and extends the border") {
  // 2 → 4: positions -0.25, 0.25, 0.75, 1.25
  CHECK(resize_bilinear({1, 2, {0, 100}}, 1, 4).pixels == Bytes{0, 25, 75, 100});
  CHECK(resize_bilinear({2, 1, {0, 100}}, 4, 1).pixels == Bytes{0, 25, 75, 100});
  // 4 → 2: positions 0.5 and 2.5, each between two neighbours; no antialiasing
  CHECK(resize_bilinear({1, 4, {0, 10, 20, 40}}, 1, 2).pixels == Bytes{5, 30});
  // 6 → 2: positions 1 and 4: the others are not looked at
  CHECK(resize_bilinear({1, 6, {9, 50, 9, 9, 70, 9}}, 1, 2).pixels == Bytes{50, 70});
  CHECK(resize_bilinear({1, 1, {77}}, 3, 3).pixels == Bytes(9, 77));
}

TEST_CASE("bilinear resizing gives OpenCV's bytes") {
  // cv2.resize((numpy.arange(15) * 17 % 251).astype('u1').reshape(3, 5), (4, 4)), OpenCV 4.9
  GrayImage image{3, 5, Bytes(15)};
  for (index_t i = 0; i < 15; ++i) image.pixels[i] = static_cast<std::uint8_t>(i * 17 % 251);
  CHECK(resize_bilinear(image, 4, 4).pixels == Bytes{2, 23, 45, 66, 55, 76, 98, 119, 119, 140, 161, 183, 172, 193, 215, 236});
}

TEST_CASE("a crop cuts out its rectangle, and one that sticks out is refused") {
  GrayImage image{3, 4, Bytes(12)};
  std::iota(image.pixels.begin(), image.pixels.end(), std::uint8_t{0});
  CHECK(crop(image, {1, 1, 2, 2}).pixels == Bytes{5, 6, 9, 10});
  CHECK(crop(image, {0, 0, 4, 3}).pixels == image.pixels);
  for (const Rectangle& outside :
       {Rectangle{3, 0, 2, 1}, Rectangle{0, 2, 1, 2}, Rectangle{4, 0, 1, 1}, Rectangle{0, 0, 0, 1}, Rectangle{1, 0, ~index_t{0}, 1}}) {
    CHECK(says(error_of([&] { (void)crop(image, outside); }), {"4x3"}));
  }
}

TEST_CASE("a picture is brought to a network's size, a part of it too") {
  const TemporaryFolder folder;
  Bytes halves(16);
  for (index_t i = 0; i < 16; ++i) halves[i] = i % 4 < 2 ? 10 : 90;
  const auto path = folder.write("halves.png", png({4, 4}, halves));
  CHECK(read_gray_image(path, 2, 2).pixels == Bytes{10, 90, 10, 90});
  CHECK(read_gray_image(path, 3, 3, {2, 0, 2, 4}).pixels == Bytes(9, 90));
}
