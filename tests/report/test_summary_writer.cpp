/// Event files: their bytes, what TensorBoard's own reader makes of them, and what is refused.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/error_of.hpp"
#include "support/temporary_directory.hpp"
#include "taut/core/random.hpp"
#include "taut/data/encode_png.hpp"
#include "taut/report/summary_writer.hpp"
#include "taut/report/training_events.hpp"
#include "train/small_run.hpp"

namespace {

using taut::test::contains;
using taut::test::error_of;
using taut::test::TemporaryDirectory;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <class Number>
Number number_at(const std::string& bytes, std::size_t at) {
  Number number;
  REQUIRE(at + sizeof(Number) <= bytes.size());
  std::memcpy(&number, bytes.data() + at, sizeof(Number));
  return number;
}

std::uint32_t masked_checksum(const std::string& bytes) {
  const std::uint32_t checksum = taut::crc32c(bytes);
  return (checksum >> 15 | checksum << 17) + 0xA282EAD8U;
}

/// The messages of a record file, whose checksums must be right.
std::vector<std::string> records_of(const std::filesystem::path& path) {
  const std::string bytes = contents(path);
  std::vector<std::string> records;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto length = static_cast<std::size_t>(number_at<std::uint64_t>(bytes, at));
    CHECK(number_at<std::uint32_t>(bytes, at + 8) == masked_checksum(bytes.substr(at, 8)));
    records.push_back(bytes.substr(at + 12, length));
    CHECK(number_at<std::uint32_t>(bytes, at + 12 + length) == masked_checksum(records.back()));
    at += 16 + length;
  }
  return records;
}

std::filesystem::path only_file_in(const std::filesystem::path& directory) {
  std::filesystem::path found;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    CHECK(found.empty());
    found = entry.path();
  }
  return found;
}

/// One number for each of `values` that lies between the limits of its bucket.
double in_their_buckets(const taut::Histogram& histogram, const std::vector<float>& values) {
  std::vector<double> left = histogram.counts;
  double found = 0;
  for (const float value : values) {
    for (std::size_t i = 0; i < left.size(); ++i) {
      const bool inside =
          static_cast<double>(value) < histogram.limits[i] && (i == 0 || static_cast<double>(value) >= histogram.limits[i - 1]);
      if (inside && left[i] > 0) {
        --left[i];
        ++found;
      }
    }
  }
  return found;
}

}  // namespace

TEST_CASE("CRC-32C of the RFC's examples") {
  CHECK(taut::crc32c("123456789") == 0xE3069283U);
  CHECK(taut::crc32c(std::string(32, '\0')) == 0x8A9136AAU);
  CHECK(taut::crc32c(std::string(32, '\xFF')) == 0x62A8AB43U);
  static_assert(taut::crc32c("") == 0);
}

TEST_CASE("a scalar's event, byte by byte") {
  const TemporaryDirectory directory;
  taut::SummaryWriter writer(directory / "events");
  writer.add_scalar("loss/train", 0.75, 300);
  const std::vector<std::string> records = records_of(only_file_in(directory / "events"));
  REQUIRE(records.size() == 2);
  CHECK(records[0].substr(0, 1) == "\x09");  // wall time, a double
  CHECK(number_at<double>(records[0], 1) > 1e9);
  CHECK(records[0].substr(9) ==
        "\x1A\x0D"
        "brain.Event:2");
  // step 300; a summary of 19 bytes with a value of 17: the tag of 10 bytes, then 0.75 as a float.
  CHECK(records[1].substr(9) == std::string("\x10\xAC\x02\x2A\x13\x0A\x11\x0A\x0A"
                                            "loss/train"
                                            "\x15\0\0\x40\x3F",
                                            24));
  CHECK(only_file_in(directory / "events").filename().string().starts_with("events.out.tfevents."));
}

TEST_CASE("a writer's file comes after those that lie there already, and leaves them alone") {
  const TemporaryDirectory directory;
  std::vector<std::string> names;
  for (int run = 0; run < 3; ++run) {
    taut::SummaryWriter writer(directory.path());
    writer.add_scalar("run", run, 0);
    names.push_back(writer.path().filename().string());
  }
  CHECK(names[0] < names[1]);
  CHECK(names[1] < names[2]);
  for (const std::string& name : names) CHECK(records_of(directory / name).size() == 2);
}

TEST_CASE("whole events are in the file as soon as they are added") {
  const TemporaryDirectory directory;
  taut::SummaryWriter writer(directory.path());
  for (taut::index_t step = 0; step < 5; ++step) {
    writer.add_scalar("step", 1, step);
    CHECK(records_of(writer.path()).size() == step + 2);
  }
}

TEST_CASE("a histogram has every value in its bucket, and nothing but one empty bucket before the first") {
  taut::Random random(3);
  std::vector<float> values{0, -0.0F, 1e-20F, -1e-20F, 1e30F, -1e30F, 1, -1};
  for (int i = 0; i < 1000; ++i) values.push_back(0.02F * random.normal());
  const taut::Histogram histogram = taut::histogram_of(std::span<const float>(values));
  CHECK(histogram.min == static_cast<double>(-1e30F));
  CHECK(histogram.max == static_cast<double>(1e30F));
  CHECK(histogram.count == 1008);
  CHECK(std::accumulate(histogram.counts.begin(), histogram.counts.end(), 0.0) == 1008);
  CHECK(in_their_buckets(histogram, values) == 1007);  // 1e30 lies beyond the last limit, and in its bucket all the same
  const std::vector<float> ordinary(values.begin() + 8, values.end());
  const taut::Histogram small = taut::histogram_of(std::span<const float>(ordinary));
  CHECK(small.limits.size() == small.counts.size());
  CHECK(small.counts[0] == 0);
  CHECK(small.counts[1] > 0);
  CHECK(small.counts.back() > 0);
  CHECK(in_their_buckets(small, ordinary) == 1000);
}

TEST_CASE("what can't be written or shown is refused, and named") {
  const TemporaryDirectory directory;
  { std::ofstream(directory / "file") << "in the way"; }
  CHECK(contains(error_of([&] { taut::SummaryWriter writer(directory / "file" / "events"); }), (directory / "file" / "events").string()));
  CHECK(contains(error_of([&] { taut::SummaryWriter writer("/proc/nowhere"); }), "/proc/nowhere"));
  taut::SummaryWriter writer(directory / "events");
  const std::vector<float> none, broken{1, std::numeric_limits<float>::quiet_NaN()};
  CHECK(error_of([&] { writer.add_histogram("weights/0", none, 1); }) ==
        "histogram weights/0: a histogram expects at least one value but got none");
  CHECK(contains(error_of([&] { writer.add_histogram("weights/0", broken, 1); }),
                 "histogram weights/0: a histogram expects finite values but value 1"));
  CHECK(contains(error_of([&] { writer.add_image("face", "JFIF", 1); }), "image face: expected the bytes of a PNG file"));
  CHECK(contains(error_of([&] { writer.add_scalar("", 1, 1); }), "expects a tag"));
  CHECK(records_of(writer.path()).size() == 1);
}

TEST_CASE("an epoch's scalars, and a histogram for each tensor and each gradient") {
  const TemporaryDirectory directory;
  taut::test::SmallRun run({.epochs = 1});
  run.fit();
  taut::SummaryWriter writer(directory.path());
  taut::add_epoch(writer, {.epoch = 4, .train_loss = 1.5});
  taut::add_tensors(writer, run.model, 4);
  std::string all;
  const std::vector<std::string> records = records_of(writer.path());
  for (const std::string& record : records) all += record;
  for (const char* tag : {"loss/train", "loss/validation", "accuracy/train", "accuracy/validation", "learning_rate", "weights/0.weight",
                          "weights/1.running_mean", "gradients/0.weight", "gradients/8.bias"}) {
    CAPTURE(tag);
    CHECK(contains(all, tag));
  }
  CHECK(records.size() == 1 + 6 + run.model.export_tensors().size() + run.model.export_gradients().size());
}

TEST_CASE("TensorBoard's own reader finds what was written: TAUT_PYTHON names a Python that has tensorboard") {
  const char* const named = std::getenv("TAUT_PYTHON");
  const std::string python = named == nullptr ? "python3" : named;
  if (std::system((python + " -c 'import numpy, tensorboard' 2>/dev/null").c_str()) != 0) {
    MESSAGE("skipped: ", python, " lacks numpy or tensorboard");
    return;
  }
  const TemporaryDirectory directory;
  std::ofstream expected(directory / "expected.txt");
  taut::Random random(5);
  const auto write_step = [&](taut::SummaryWriter& writer, taut::index_t step, bool stays) {
    std::vector<float> values(1000 * step);
    for (float& value : values) value = static_cast<float>(step) * 0.1F * random.normal();
    const std::string file = "values" + std::to_string(step) + (stays ? "" : ".purged");
    std::ofstream(directory / file, std::ios::binary)
        .write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(4 * values.size()));
    const taut::index_t side = 8 * step;
    writer.add_scalar("loss/train", stays ? 1.0 / static_cast<double>(step) : -1.0, step);
    writer.add_image("gray", taut::encode_png(std::vector<std::uint8_t>(side * 16, 100), 16, side), step);
    writer.add_image("colour", taut::encode_png(std::vector<std::uint8_t>(side * 16 * 3, 100), 16, side, 3), step);
    writer.add_histogram("weights/0.weight", values, step);
    if (!stays) return;
    expected << "scalar\tloss/train\t" << step << '\t' << 1.0 / static_cast<double>(step) << "\nimage\tgray\t" << step << '\t' << side
             << "\t16\nimage\tcolour\t" << step << '\t' << side << "\t16\nhistogram\tweights/0.weight\t" << step << '\t' << file << '\n';
  };
  {
    taut::SummaryWriter writer(directory / "events");
    write_step(writer, 1, true);
    write_step(writer, 2, true);
    write_step(writer, 4, false);
    write_step(writer, 8, false);
  }
  {
    taut::SummaryWriter resumed(directory / "events", 4);
    write_step(resumed, 4, true);
  }
  expected.close();
  const std::string command = python + " " + TAUT_TESTS_FOLDER + "/report/check_events.py " + directory.path().string();
  CHECK(std::system(command.c_str()) == 0);
}
