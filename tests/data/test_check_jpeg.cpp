/// JPEGs that stb_image would decode, and must not see.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "data_helpers.hpp"
#include "picture_file.hpp"
#include "taut/data/image_file.hpp"

using namespace taut;
using namespace taut::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes gray(std::begin(gray_jpeg), std::end(gray_jpeg)), colour(std::begin(colour_jpeg), std::end(colour_jpeg));

/// Where the segments of a kind begin, before the first scan's pixels.
std::vector<index_t> segments(const Bytes& file, std::uint8_t marker) {
  std::vector<index_t> found;
  for (index_t at = 2; at + 3 < file.size(); at += 2 + index_t{file[at + 2]} * 256 + file[at + 3]) {
    if (file[at + 1] == marker) found.push_back(at);
    if (file[at + 1] == 0xDA) break;
  }
  return found;
}

auto place(Bytes& file, index_t at) { return file.begin() + static_cast<std::ptrdiff_t>(at); }

Bytes without_segment(Bytes file, index_t at) {
  file.erase(place(file, at), place(file, at + 2 + index_t{file[at + 2]} * 256 + file[at + 3]));
  return file;
}

}  // namespace

TEST_CASE("a Huffman table of more codes than bytes have values is refused before the decoder writes it") {
  Bytes damaged(std::begin(gray_jpeg), std::end(gray_jpeg));
  index_t tables = 0;
  for (index_t at = 2; at + 20 < damaged.size() && damaged[at + 1] != 0xDA; at += 2 + index_t{damaged[at + 2]} * 256 + damaged[at + 3]) {
    if (damaged[at + 1] != 0xC4) continue;
    ++tables;
    Bytes one = damaged;
    one[at + 5 + 14] = one[at + 5 + 15] = 255;  // codes of 15 and of 16 bits
    CHECK(says(error_with("tables.jpg", one), {"tables.jpg", "Huffman tables of at most 256 codes but found one of"}));
  }
  CHECK(tables > 0);
}

TEST_CASE("a Huffman table that reaches beyond its segment is refused, for the decoder reads on") {
  Bytes damaged = gray;
  const index_t at = segments(damaged, 0xC4).front();
  const index_t length = index_t{damaged[at + 2]} * 256 + damaged[at + 3];
  for (const index_t left : {index_t{3}, index_t{18}, length - 1}) {
    damaged[at + 3] = static_cast<std::uint8_t>(left);
    CHECK(says(error_with("cut.jpg", damaged), {"cut.jpg", "Huffman table", "its segment"}));
  }
}

TEST_CASE("a scan whose tables aren't there is refused: the decoder would take whatever its memory holds") {
  for (const Bytes& whole : {gray, colour}) {
    const auto huffman = segments(whole, 0xC4), quantization = segments(whole, 0xDB);
    REQUIRE(huffman.size() >= 2);
    REQUIRE(!quantization.empty());
    for (const index_t at : huffman) {
      CHECK(says(error_with("codes.jpg", without_segment(whole, at)), {"codes.jpg", "a Huffman table", "component", "but there is none"}));
    }
    for (const index_t at : quantization) {
      CHECK(says(error_with("steps.jpg", without_segment(whole, at)),
                 {"steps.jpg", "a quantization table", "component", "but there is none"}));
    }
  }
}

TEST_CASE("a component that no scan has is missed") {
  Bytes one = colour;
  const index_t scan = segments(one, 0xDA).front();
  one[scan + 3] = 8;  // bytes of the segment
  one[scan + 4] = 1;  // component
  one.erase(place(one, scan + 7), place(one, scan + 11));
  CHECK(says(error_with("luma.jpg", one), {"luma.jpg", "component 2", "but no scan has it"}));
}

TEST_CASE("what the decoder gives up on is black, and not what its memory held before") {
  Bytes stops = gray;
  const std::array<std::uint8_t, 6> restart_after_each_block{0xFF, 0xDD, 0, 4, 0, 1};
  stops.insert(place(stops, 2), restart_after_each_block.begin(), restart_after_each_block.end());
  const Bytes whole = read(gray).pixels;
  for (const std::size_t size : {256, 264, 271, 272, 280}) {
    for (int times = 0; times < 8; ++times) Bytes(size, 0xAA);
  }
  const Bytes pixels = read(stops).pixels;
  for (index_t i = 0; i < 256; ++i) CHECK(pixels[i] == (i % 16 < 8 && i / 16 < 8 ? whole[i] : 0));
}

TEST_CASE("a JPEG of more scans than its pixels have time for is refused before they are decoded") {
  const Bytes whole(std::begin(gray_jpeg), std::end(gray_jpeg));
  const std::array<std::uint8_t, 2> start_of_scan{0xFF, 0xDA};
  const auto scan = std::search(whole.begin(), whole.end(), start_of_scan.begin(), start_of_scan.end());
  REQUIRE(scan != whole.end());
  const auto with_scans = [&](int scans, std::uint8_t side) {
    Bytes file(whole.begin(), scan);
    const std::array<std::uint8_t, 2> frame{0xFF, 0xC0};
    const auto at = std::search(file.begin(), file.end(), frame.begin(), frame.end());
    at[5] = at[7] = side;  // the high bytes of height and width: the picture has side · 256 + 16 pixels a side
    for (int i = 0; i < scans; ++i) file.insert(file.end(), scan, scan + 10);  // without a pixel
    file.insert(file.end(), {0xFF, 0xD9});
    return file;
  };
  CHECK(error_with("small.jpg", with_scans(1000, 0)).empty());
  CHECK(says(error_with("scans.jpg", with_scans(1000, 7)), {"scans.jpg", "scans in a JPEG of 1808x1808 but found 1000"}));
}
