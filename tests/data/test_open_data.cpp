/// Tests of open_data: what a word on the command line opens.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "data_helpers.hpp"
#include "taut/image.hpp"

using namespace taut;
using namespace taut::test;

namespace {

std::string error_for(const std::string& spec) {
  return error_of([&] { (void)open_data(spec, 0.1, 42); });
}

}  // namespace

TEST_CASE("synthetic:N gives N training faces, an eighth of it beside, at least 70") {
  const DataSource small = open_data("synthetic:100", 0.1, 42);
  CHECK(small.splits.train.size() == 100);
  CHECK(small.splits.validation.size() == 70);
  CHECK(small.splits.test.size() == 70);
  CHECK(says(small.description, {"100 training", "70 validation"}));
  const DataSource larger = open_data("synthetic:800", 0.5, 43);
  CHECK(larger.splits.validation.size() == 100);
  CHECK(larger.splits.train.image(99)[1000] == small.splits.train.image(99)[1000]);
  CHECK(larger.checksum != small.checksum);
  CHECK(open_data("synthetic:100", 0.3, 1).checksum == small.checksum);
}

TEST_CASE("a wrong number of synthetic faces is refused") {
  for (const char* spec :
       {"synthetic:", "synthetic:0", "synthetic:abc", "synthetic:12x", "synthetic:-5", "synthetic:99999999999999999999"}) {
    CHECK(says(error_for(spec), {spec, "from 1 to 1000000"}));
  }
}

TEST_CASE("data that isn't there is refused") {
  CHECK(says(error_for("/nowhere/at/all"), {"/nowhere/at/all", "synthetic[:N]"}));
  CHECK(says(error_for("synthetics"), {"synthetics", "nothing of this name"}));
  CHECK(says(error_for(""), {"nothing of this name"}));
}

TEST_CASE("of a folder's training images a fraction is drawn for validation, by the seed") {
  const TemporaryFolder folder;
  for (int i = 0; i < 20; ++i) {
    folder.write("train/a/" + std::to_string(i) + ".png", flat_png(4, 4, static_cast<std::uint8_t>(i)));
    folder.write("train/b/" + std::to_string(i) + ".png", flat_png(4, 4, static_cast<std::uint8_t>(100 + i)));
  }
  folder.write("test/a/0.png", flat_png(4, 4, 200));
  folder.write("test/b/0.png", flat_png(4, 4, 201));
  const std::string spec = folder.path().string();
  const DataSource source = open_data(spec, 0.25, 42, 8, 8);
  CHECK(source.splits.train.size() == 30);
  CHECK(source.splits.validation.size() == 10);
  CHECK(source.splits.test.size() == 2);
  CHECK(source.splits.train.height() == 8);
  CHECK(source.checksum == open_data(spec, 0.25, 42, 8, 8).checksum);
  CHECK(source.checksum != open_data(spec, 0.25, 43, 8, 8).checksum);
  CHECK(says(error_of([&] { (void)open_data(spec, 0.01, 42); }), {"0 of 40 images"}));
}

TEST_CASE("a csv brings its own division") {
  const TemporaryFolder folder;
  std::string zeros = "0";
  for (int i = 1; i < 48 * 48; ++i) zeros += " 0";
  const auto path = folder.write(
      "fer2013.csv", "emotion,pixels,Usage\n0," + zeros + ",Training\n1," + zeros + ",PublicTest\n2," + zeros + ",PrivateTest\n");
  const DataSource source = open_data(path.string(), 0.9, 42);
  CHECK(source.splits.train.size() == 1);
  CHECK(source.splits.validation.label(0) == 1);
  CHECK(source.checksum == open_data(path.string(), 0.1, 7).checksum);
  CHECK(says(error_of([&] { (void)open_data(path.string(), 0.1, 42, 32, 32); }), {"32x32", "48x48"}));
}

TEST_CASE("the real faces, where they are unpacked: TAUT_FACES names the folder") {
  const char* const folder = std::getenv("TAUT_FACES");
  if (folder == nullptr) {
    MESSAGE("skipped: TAUT_FACES is not set");
    return;
  }
  const DataSource pictures = open_data((std::filesystem::path(folder) / "emotion").string(), 0.1, 42);
  CHECK(pictures.splits.train.size() == 23'327);
  CHECK(pictures.splits.validation.size() == 2'591);
  CHECK(pictures.splits.test.class_counts() == std::vector<index_t>{705, 48, 720, 1328, 357, 1277, 831});
  const DataSource csv = open_data((std::filesystem::path(folder) / "fer2013.csv").string(), 0.1, 42);
  CHECK(csv.splits.train.class_counts() == std::vector<index_t>{3995, 436, 4097, 7215, 4965, 4830, 3171});
  CHECK(csv.splits.validation.size() == 3'589);
  CHECK(csv.splits.test.size() == 3'589);
}
