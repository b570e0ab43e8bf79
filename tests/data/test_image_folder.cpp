/// Tests of the image folder reader.
#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data_helpers.hpp"
#include "taut/data/image_folder.hpp"

using namespace taut;
using namespace taut::test;

namespace {

/// Two classes, two training pictures and one test picture each.
void write_good_folder(const TemporaryFolder& folder) {
  folder.write("train/sad/b.png", flat_png(4, 4, 11));
  folder.write("train/sad/a.PNG", flat_png(4, 4, 10));
  folder.write("train/happy/1.jpeg", std::vector<std::uint8_t>(std::begin(gray_jpeg), std::end(gray_jpeg)));
  folder.write("train/happy/2.png", flat_png(9, 5, 22));
  folder.write("test/sad/a.png", flat_png(4, 4, 30));
  folder.write("test/happy/a.png", flat_png(4, 4, 40));
}

std::string error_in(const TemporaryFolder& folder) {
  return error_of([&] { (void)read_image_folder(folder.path(), 4, 4); });
}

}  // namespace

TEST_CASE("classes and files come in the order of their names, resized") {
  const TemporaryFolder folder;
  write_good_folder(folder);
  const ImageFolder images = read_image_folder(folder.path(), 4, 4);
  CHECK(images.train.class_names() == std::vector<std::string>{"happy", "sad"});
  CHECK(images.test.class_names() == images.train.class_names());
  REQUIRE(images.train.size() == 4);
  CHECK(std::vector<std::int32_t>(images.train.labels().begin(), images.train.labels().end()) == std::vector<std::int32_t>{0, 0, 1, 1});
  CHECK(images.train.image(1)[15] == 22);
  CHECK(images.train.image(2)[0] == 10);
  CHECK(images.train.image(3)[0] == 11);
  REQUIRE(images.test.size() == 2);
  CHECK(images.test.image(0)[0] == 40);
  CHECK(images.test.image(1)[0] == 30);
}

TEST_CASE("names that begin with a dot are passed over") {
  const TemporaryFolder folder;
  write_good_folder(folder);
  folder.write("train/sad/.listing", std::string("x"));
  folder.write("train/.hidden/x.png", std::string("x"));
  CHECK(read_image_folder(folder.path(), 4, 4).train.size() == 4);
}

TEST_CASE("what isn't there is named") {
  const TemporaryFolder folder;
  CHECK(says(error_of([&] { (void)read_image_folder(folder.path() / "nowhere", 4, 4); }), {"nowhere", "train/<class>/"}));
  CHECK(says(error_in(folder), {(folder.path() / "train").string(), "found none"}));
  (void)folder.folder("train");
  (void)folder.folder("test");
  CHECK(says(error_in(folder), {(folder.path() / "train").string(), "empty"}));
  folder.write("train/sad/a.png", flat_png(4, 4, 10));
  CHECK(says(error_in(folder), {(folder.path() / "test").string(), "empty"}));
  (void)folder.folder("test/sad");
  CHECK(says(error_in(folder), {(folder.path() / "test" / "sad").string(), "at least one picture"}));
}

TEST_CASE("test classes must be train's") {
  const TemporaryFolder folder;
  write_good_folder(folder);
  folder.write("test/bored/a.png", flat_png(4, 4, 1));
  CHECK(says(error_in(folder), {(folder.path() / "test" / "bored").string(), "unknown class"}));
  std::filesystem::remove_all(folder.path() / "test" / "bored");
  std::filesystem::remove_all(folder.path() / "test" / "happy");
  CHECK(says(error_in(folder), {(folder.path() / "test" / "happy").string(), "missing class"}));
}

TEST_CASE("strangers among the pictures are named") {
  {
    const TemporaryFolder folder;
    write_good_folder(folder);
    folder.write("train/happy/notes.txt", std::string("hello"));
    CHECK(says(error_in(folder), {"notes.txt", "expected a picture"}));
  }
  {
    const TemporaryFolder folder;
    write_good_folder(folder);
    folder.write("train/happy/broken.jpg", std::string("hello"));
    CHECK(says(error_in(folder), {"broken.jpg", "expected a JPEG or PNG"}));
  }
  {
    const TemporaryFolder folder;
    write_good_folder(folder);
    auto bytes = flat_png(4, 4, 1);
    bytes.resize(bytes.size() / 2);
    folder.write("test/sad/short.png", bytes);
    CHECK(says(error_in(folder), {"short.png", "PNG"}));
  }
  {
    const TemporaryFolder folder;
    write_good_folder(folder);
    folder.write("train/stray.png", flat_png(4, 4, 1));
    CHECK(says(error_in(folder), {"stray.png", "expected a folder"}));
  }
  {
    const TemporaryFolder folder;
    write_good_folder(folder);
    folder.write("train/sad/deeper/x.png", flat_png(4, 4, 1));
    CHECK(says(error_in(folder), {"deeper", "expected a picture"}));
  }
  {
    const TemporaryFolder folder;
    write_good_folder(folder);
    (void)folder.folder("train/sad/folder.png");
    CHECK(says(error_in(folder), {"folder.png", "directory"}));
  }
}
