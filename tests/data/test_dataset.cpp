/// Tests of ImageDataset and of the split into training and validation.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "data_helpers.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/split.hpp"

using namespace taut;
using namespace taut::test;

TEST_CASE("a dataset keeps pictures, labels and class names") {
  const ImageDataset dataset = numbered_images(5, 2, 3);
  CHECK(dataset.size() == 5);
  CHECK(dataset.pixels() == 6);
  CHECK(dataset.image(3)[5] == 35);
  CHECK(dataset.label(3) == 1);
  CHECK(dataset.class_counts() == std::vector<index_t>{3, 2});
  CHECK(dataset.bytes().size() == 30);
  CHECK(dataset.class_names()[1] == "odd");
}

TEST_CASE("a subset holds the pictures at the indices, in their order") {
  const ImageDataset part = numbered_images(5, 2, 3).subset(std::array<std::uint32_t, 2>{4, 1});
  CHECK(part.size() == 2);
  CHECK(part.image(0)[0] == 40);
  CHECK(part.image(1)[0] == 10);
  CHECK(part.label(1) == 1);
  CHECK(says(error_of([] { (void)numbered_images(5, 2, 3).subset(std::array<std::uint32_t, 1>{5}); }), {"below 5", "got 5"}));
}

TEST_CASE("a dataset refuses pictures of another size and labels without a class") {
  ImageDataset dataset(2, 2, {"a", "b"});
  CHECK(says(error_of([&] { dataset.append(std::array<std::uint8_t, 3>{}, 0); }), {"2x2", "4 pixels", "got 3"}));
  CHECK(says(error_of([&] { dataset.append(std::array<std::uint8_t, 4>{}, 2); }), {"from 0 to 1", "got 2"}));
  CHECK(says(error_of([&] { dataset.append(std::array<std::uint8_t, 4>{}, -1); }), {"from 0 to 1", "got -1"}));
  CHECK(dataset.empty());
  CHECK(says(error_of([] { ImageDataset(0, 4, {"a"}); }), {"0x4"}));
  CHECK(says(error_of([] { ImageDataset(4, 4, {}); }), {"at least one class"}));
}

TEST_CASE("a tenth of 25,918 images is 2,591, and both lists together are all of them") {
  const ValidationSplit split = split_validation(25'918, 0.1, 42);
  CHECK(split.validation.size() == 2'591);
  CHECK(split.train.size() == 23'327);
  CHECK(std::ranges::is_sorted(split.train));
  CHECK(std::ranges::is_sorted(split.validation));
  std::set<std::uint32_t> all(split.train.begin(), split.train.end());
  all.insert(split.validation.begin(), split.validation.end());
  CHECK(all.size() == 25'918);
  CHECK(*all.rbegin() == 25'917);
}

TEST_CASE("a split is a function of count, fraction and seed, and its checksum tells splits apart") {
  const ValidationSplit split = split_validation(1000, 0.2, 7), again = split_validation(1000, 0.2, 7);
  CHECK(split.validation == again.validation);
  CHECK(split.checksum() == again.checksum());
  CHECK(split.checksum().size() == 16);
  CHECK(split.checksum() != split_validation(1000, 0.2, 8).checksum());
  CHECK(split.checksum() != split_validation(1001, 0.2, 7).checksum());
  CHECK(split.checksum() != split_validation(1000, 0.21, 7).checksum());
}

TEST_CASE("a split that leaves one side empty is refused") {
  CHECK(says(error_of([] { (void)split_validation(1000, 0, 1); }), {"between 0 and 1", "got 0"}));
  CHECK(says(error_of([] { (void)split_validation(1000, 1, 1); }), {"between 0 and 1", "got 1"}));
  CHECK(says(error_of([] { (void)split_validation(1000, std::numeric_limits<double>::quiet_NaN(), 1); }), {"between 0 and 1"}));
  CHECK(says(error_of([] { (void)split_validation(9, 0.1, 1); }), {"0 of 9 images"}));
}
