/// near_duplicates and PictureList: what recurs is found, listed, written, read and left out.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "data/data_helpers.hpp"
#include "taut/core/random.hpp"
#include "taut/data/fer2013.hpp"
#include "taut/data/image_folder.hpp"
#include "taut/data/near_duplicates.hpp"
#include "taut/data/picture_list.hpp"
#include "taut/data/synthetic_faces.hpp"

namespace {

using taut::ImageDataset;
using taut::index_t;
using taut::PictureList;
using taut::test::error_of;
using taut::test::TemporaryFolder;

using Picture = std::vector<std::uint8_t>;

ImageDataset dataset(const std::vector<Picture>& pictures, index_t height, index_t width) {
  ImageDataset images(height, width, {"a", "b"});
  for (const Picture& picture : pictures) images.append(picture, 0);
  return images;
}

Picture noise(index_t pixels, std::uint64_t seed, int low = 60, int high = 190) {
  taut::Random random(seed);
  Picture picture(pixels);
  for (std::uint8_t& value : picture) {
    value = static_cast<std::uint8_t>(low + static_cast<int>(random.below(static_cast<std::uint32_t>(high - low))));
  }
  return picture;
}

/// Brighter by `brightness`, every other pixel up and down by `change`.
Picture changed(Picture picture, int brightness, int change) {
  for (index_t i = 0; i < picture.size(); ++i) {
    picture[i] = static_cast<std::uint8_t>(picture[i] + brightness + (i % 2 == 0 ? change : -change));
  }
  return picture;
}

}  // namespace

TEST_CASE("a difference is a mean over the pixels, brightness aside") {
  const Picture a{10, 20, 30, 40};
  CHECK(taut::picture_difference(a, a) == 0);
  CHECK(taut::picture_difference(a, Picture{110, 120, 130, 140}) == 0);
  CHECK(taut::picture_difference(a, Picture{14, 16, 34, 36}) == 4);
  CHECK(taut::picture_difference(Picture{14, 16, 34, 36}, a) == 4);
  CHECK(taut::picture_difference(a, Picture{10, 20, 30, 44}) == doctest::Approx(1.5));  // 1, 1, 1 and 3 about a mean of 1
}

TEST_CASE("what recurs below the limit is found, in any size, what doesn't isn't") {
  for (const auto& [height, width] : {std::pair<index_t, index_t>{48, 48}, {7, 5}, {3, 2}, {1, 1}, {30, 101}}) {
    CAPTURE(height);
    CAPTURE(width);
    const index_t pixels = height * width;
    std::vector<Picture> others;
    for (std::uint64_t i = 0; i < 9; ++i) others.push_back(noise(pixels, i));
    std::vector<Picture> pictures{noise(pixels, 100), others[3], changed(others[8], 30, 0), noise(pixels, 101)};
    std::vector<std::uint32_t> expected{1, 2};
    if (pixels == 1) {
      expected = {0, 1, 2, 3};  // one pixel is nothing but its brightness
    } else if (pixels % 2 == 0) {
      pictures.push_back(changed(others[0], -20, 5));  // differs by 5
      pictures.push_back(changed(others[1], 20, 7));   // differs by 7
      expected.push_back(4);
    }
    CHECK(taut::near_duplicates(dataset(pictures, height, width), dataset(others, height, width)) == expected);
  }
}

TEST_CASE("the limit itself is not below the limit") {
  const ImageDataset a = dataset({{100, 100, 100, 100}}, 2, 2), b = dataset({{106, 94, 106, 94}}, 2, 2);
  CHECK(taut::near_duplicates(a, b).empty());
  CHECK(taut::near_duplicates(a, b, 6.01).size() == 1);
}

TEST_CASE("every pair is compared as if there were no short cut") {
  const ImageDataset faces = taut::synthetic_faces(60, 1, taut::DataUse::train_faces), others = taut::synthetic_faces(50, 2, taut::DataUse::test_faces);
  for (const double limit : {6.0, 15.0, 25.0, 40.0}) {
    std::vector<std::uint32_t> expected;
    for (index_t i = 0; i < faces.size(); ++i) {
      for (index_t j = 0; j < others.size(); ++j) {
        if (taut::picture_difference(faces.image(i), others.image(j)) < limit) {
          expected.push_back(static_cast<std::uint32_t>(i));
          break;
        }
      }
    }
    CHECK(taut::near_duplicates(faces, others, limit) == expected);
    if (limit == 25.0) CHECK((!expected.empty() && expected.size() < faces.size()));
  }
}

TEST_CASE("pictures of two sizes are refused") {
  CHECK(error_of([] { (void)taut::near_duplicates(dataset({noise(4, 1)}, 2, 2), dataset({noise(6, 1)}, 2, 3)); }) ==
        "near_duplicates: expected pictures of one size but got 2x2 and 3x2");
}

TEST_CASE("a list holds both sides of every pair, survives its file, and leaves out what it holds") {
  const std::vector<Picture> training{noise(64, 1), noise(64, 2), noise(64, 3)}, judged{noise(64, 4), changed(training[1], 10, 2), training[2]};
  const ImageDataset train = dataset(training, 8, 8), test = dataset(judged, 8, 8);
  const PictureList list = PictureList::recurring(train, test);
  CHECK(list.size() == 3);  // the second pair's two pictures, and the third's, which are one
  CHECK(list.removed_from(train).size() == 1);
  CHECK(list.removed_from(test).size() == 1);
  CHECK(std::ranges::equal(list.removed_from(train).image(0), training[0]));

  const TemporaryFolder folder;
  const auto path = folder.write("list.txt", list.to_text("a remark"));
  CHECK(PictureList::read(path) == list);
  CHECK(list.to_text("a remark").starts_with("# a remark\n"));
  CHECK(PictureList{}.removed_from(train).size() == 3);
}

TEST_CASE("a list that isn't one is refused with its line") {
  const TemporaryFolder folder;
  for (const char* line : {"xyz", "0123456789abcde", "0123456789abcdef0", "0123456789abcdeg", "+123456789abcdef", " 123456789abcdef"}) {
    CAPTURE(std::string(line));
    const auto path = folder.write("list.txt", "# first\n0123456789abcdef\n" + std::string(line) + "\n");
    CHECK(error_of([&] { (void)PictureList::read(path); }) ==
          path.string() + ":3: expected sixteen hexadecimal digits but found \"" + std::string(line) + "\"");
  }
  CHECK_THROWS_AS((void)PictureList::read(folder.path() / "absent.txt"), taut::Error);
}

TEST_CASE("the lists of the emotion example are what its data says, where it is unpacked: TAUT_FACES names the folder") {
  const char* const faces = std::getenv("TAUT_FACES");
  if (faces == nullptr) {
    MESSAGE("skipped: TAUT_FACES is not set");
    return;
  }
  const std::filesystem::path lists = std::filesystem::path(TAUT_TESTS_FOLDER).parent_path() / "examples" / "emotion";
  const taut::DataSplits fer2013 = taut::read_fer2013_csv(std::filesystem::path(faces) / "fer2013.csv");
  ImageDataset judged = fer2013.validation;
  for (index_t i = 0; i < fer2013.test.size(); ++i) judged.append(fer2013.test.image(i), fer2013.test.label(i));
  const PictureList of_fer2013 = PictureList::read(lists / "excluded_fer2013.txt");
  CHECK(of_fer2013 == PictureList::recurring(fer2013.train, judged));
  CHECK(taut::near_duplicates(of_fer2013.removed_from(fer2013.train), judged).empty());

  const taut::ImageFolder folders = taut::read_image_folder(std::filesystem::path(faces) / "emotion", 48, 48);
  const PictureList of_folders = PictureList::read(lists / "excluded_folders.txt");
  CHECK(of_folders == PictureList::recurring(folders.train, folders.test));
  CHECK(taut::near_duplicates(of_folders.removed_from(folders.train), folders.test).empty());
}
