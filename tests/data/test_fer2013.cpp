/// Tests of the reader of fer2013.csv: what it accepts, and what it says about everything else.
#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "data_helpers.hpp"
#include "taut/data/fer2013.hpp"

using namespace taut;
using namespace taut::test;

namespace {

constexpr index_t pixel_count = 48 * 48;

/// "first 0 0 … 0", `count` numbers in all.
std::string pixels(const std::string& first, index_t count = pixel_count) {
  std::string text = first;
  for (index_t i = 1; i < count; ++i) text += " 0";
  return text;
}

const std::string header = "emotion,pixels,Usage\n";

/// A file with one row a split; `row` takes the place of the second one, line 3.
std::string csv(const std::string& row) {
  return header + "0," + pixels("1") + ",Training\n" + row + "\n6," + pixels("3") + ",PrivateTest\n";
}

std::string error_with(const std::string& content) {
  const TemporaryFolder folder;
  return error_of([&] { (void)read_fer2013_csv(folder.write("faces.csv", content)); });
}

}  // namespace

TEST_CASE("usages become splits, and the file's labels the order of emotion_names") {
  const TemporaryFolder folder;
  std::string content = header;
  for (int label = 0; label < 7; ++label) content += std::to_string(label) + "," + pixels(std::to_string(100 + label)) + ",Training\n";
  content += "3," + pixels("255") + ",PublicTest\n4," + pixels("7") + ",PrivateTest\n";
  const DataSplits splits = read_fer2013_csv(folder.write("faces.csv", content));
  REQUIRE(splits.train.size() == 7);
  REQUIRE(splits.validation.size() == 1);
  REQUIRE(splits.test.size() == 1);
  const char* const names[] = {"angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"};  // as the challenge numbered them
  for (index_t i = 0; i < 7; ++i) {
    CHECK(splits.train.class_names()[static_cast<index_t>(splits.train.label(i))] == names[i]);
    CHECK(splits.train.image(i)[0] == 100 + i);
  }
  CHECK(splits.validation.image(0)[0] == 255);
  CHECK(splits.validation.label(0) == 3);
  CHECK(splits.test.label(0) == 5);
}

TEST_CASE("quotes, CR LF, empty lines and a missing last line end are accepted") {
  const TemporaryFolder folder;
  const std::string content = "emotion,pixels,Usage\r\n0,\"" + pixels("1") + "\",Training\r\n1,\"" + pixels("2") +
                              "\",PublicTest\r\n\r\n2," + pixels("3") + ",PrivateTest";
  const DataSplits splits = read_fer2013_csv(folder.write("faces.csv", content));
  CHECK(splits.train.image(0)[0] == 1);
  CHECK(splits.validation.image(0)[0] == 2);
  CHECK(splits.test.image(0)[0] == 3);
}

TEST_CASE("rows that lie across the reader's buffer come out whole") {
  const TemporaryFolder folder;
  std::string content = header;
  const index_t rows = 600;  // more than two buffers of 1 MiB
  const char* const usages[] = {",Training\n", ",PublicTest\n", ",PrivateTest\n"};
  for (index_t i = 0; i < rows; ++i) content += "0," + pixels(std::to_string(i % 256)) + usages[i % 3];
  const DataSplits splits = read_fer2013_csv(folder.write("faces.csv", content));
  REQUIRE(splits.train.size() == rows / 3);
  for (index_t i = 0; i < rows / 3; ++i) {
    CHECK(splits.train.image(i)[0] == 3 * i % 256);
    CHECK(splits.train.image(i)[pixel_count - 1] == 0);
  }
}

TEST_CASE("bad rows are refused with file and line") {
  CHECK(error_with(csv("1," + pixels("2") + ",PublicTest")).empty());
  CHECK(says(error_with(csv("1," + pixels("2", pixel_count - 1) + ",PublicTest")), {"faces.csv:3: expected 2304 pixels but found 2303"}));
  CHECK(says(error_with(csv("1," + pixels("2", pixel_count + 1) + ",PublicTest")), {"faces.csv:3: expected 2304 pixels but found more"}));
  CHECK(says(error_with(csv("1,,PublicTest")), {"faces.csv:3: expected 2304 pixels but found 0"}));
  CHECK(says(error_with(csv("7," + pixels("2") + ",PublicTest")), {"faces.csv:3:", "from 0 to 6", "\"7\""}));
  CHECK(says(error_with(csv("-1," + pixels("2") + ",PublicTest")), {"faces.csv:3:", "from 0 to 6", "\"-1\""}));
  CHECK(says(error_with(csv("happy," + pixels("2") + ",PublicTest")), {"faces.csv:3:", "from 0 to 6", "\"happy\""}));
  CHECK(says(error_with(csv("1," + pixels("256") + ",PublicTest")), {"faces.csv:3: pixel 0:", "from 0 to 255", "\"256\""}));
  CHECK(says(error_with(csv("1," + pixels("2.5") + ",PublicTest")), {"faces.csv:3: pixel 0:", "\"2.5\""}));
  CHECK(says(error_with(csv("1," + pixels("x") + ",PublicTest")), {"faces.csv:3: pixel 0:", "\"x\""}));
  CHECK(says(error_with(csv("1," + pixels("2") + ",Validation")), {"faces.csv:3:", "PublicTest", "\"Validation\""}));
  CHECK(says(error_with(csv("1," + pixels("2"))), {"faces.csv:3: expected three fields"}));
  CHECK(says(error_with(csv("1")), {"faces.csv:3: expected three fields"}));
}

TEST_CASE("a file cut off within its last row is refused") {
  std::string content = csv("1," + pixels("2") + ",PublicTest");
  content.resize(content.size() - 2000);
  CHECK(says(error_with(content), {"faces.csv:4: expected three fields"}));
}

TEST_CASE("files without a header, without rows, or without a split are refused") {
  CHECK(says(error_with(""), {"faces.csv", "emotion,pixels,Usage", "empty"}));
  CHECK(says(error_with("0," + pixels("1") + ",Training\n"), {"faces.csv:1:", "expected the header", "\"0,1 0 0"}));
  CHECK(says(error_with(std::string("\x89PNG\r\n\x1a\n\0\0", 10)), {"faces.csv:1:", "expected the header", "\"?PNG\""}));
  CHECK(says(error_with(header), {"faces.csv", "Training", "none"}));
  CHECK(says(error_with(header + "0," + pixels("1") + ",Training\n"), {"faces.csv", "PublicTest", "none"}));
  CHECK(says(error_with(header + "0," + pixels("1") + ",Training\n0," + pixels("1") + ",PublicTest\n"), {"PrivateTest", "none"}));
  CHECK(says(error_with(std::string(3'000'000, '7')), {"faces.csv:1:", "longer"}));
}

TEST_CASE("a missing file and a directory are refused") {
  const TemporaryFolder folder;
  CHECK(says(error_of([&] { (void)read_fer2013_csv(folder.path() / "none.csv"); }), {"none.csv", "can't open"}));
  CHECK(says(error_of([&] { (void)read_fer2013_csv(folder.path()); }), {folder.path().string(), "directory"}));
}
