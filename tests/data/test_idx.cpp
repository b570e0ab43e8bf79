/// Tests of the IDX reader: files that are right, plain and gzipped, and every way in which one may be wrong.
#include <doctest/doctest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include "data_helpers.hpp"
#include "taut/idx.hpp"

using namespace taut;
using namespace taut::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes idx(std::initializer_list<std::uint32_t> extents, const Bytes& elements) {
  Bytes file{0, 0, 8, static_cast<std::uint8_t>(extents.size())};
  for (const std::uint32_t extent : extents) {
    for (int shift = 24; shift >= 0; shift -= 8) file.push_back(static_cast<std::uint8_t>(extent >> shift));
  }
  file.insert(file.end(), elements.begin(), elements.end());
  return file;
}

Bytes gzipped(const Bytes& bytes) {
  Bytes packed(bytes.size() + 1000);
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  stream.next_in = const_cast<Bytes::value_type*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

Bytes without_last(Bytes bytes, std::size_t count) {
  bytes.resize(bytes.size() - count);
  return bytes;
}

/// Three pictures of 2×5 pixels, numbered through.
Bytes three_images() {
  Bytes pixels(30);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i);
  return idx({3, 2, 5}, pixels);
}

Bytes three_labels() { return idx({3}, {1, 0, 1}); }

/// What the Error says about this pair of files; their names are "images" and "labels".
std::string complaint(const Bytes& images, const Bytes& labels) {
  const TemporaryFolder folder;
  const auto image_file = folder.write("images", images), label_file = folder.write("labels", labels);
  return error_of([&] { read_idx(image_file, label_file, {"even", "odd"}); });
}

}  // namespace

TEST_CASE("pictures and labels come out of plain and of gzipped files") {
  const TemporaryFolder folder;
  const auto images = folder.write("images", three_images()), packed_images = folder.write("images.gz", gzipped(three_images()));
  const auto labels = folder.write("labels", three_labels()), packed_labels = folder.write("labels.gz", gzipped(three_labels()));
  for (const auto& image_file : {images, packed_images}) {
    for (const auto& label_file : {labels, packed_labels}) {
      const ImageDataset dataset = read_idx(image_file, label_file, {"even", "odd"});
      REQUIRE(dataset.size() == 3);
      CHECK(dataset.height() == 2);
      CHECK(dataset.width() == 5);
      CHECK(dataset.label(0) == 1);
      CHECK(dataset.label(1) == 0);
      CHECK(dataset.image(2)[0] == 20);
      CHECK(dataset.image(2)[9] == 29);
    }
  }
}

TEST_CASE("pictures that lie across the reader's buffers come out whole") {
  Bytes pixels(700 * 61 * 67);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 2654435761U >> 24);
  const TemporaryFolder folder;
  const auto labels = folder.write("labels", idx({700}, Bytes(700, 1)));
  for (const Bytes& file : {idx({700, 61, 67}, pixels), gzipped(idx({700, 61, 67}, pixels))}) {
    const ImageDataset dataset = read_idx(folder.write("images", file), labels, {"even", "odd"});
    CHECK(std::equal(dataset.bytes().begin(), dataset.bytes().end(), pixels.begin(), pixels.end()));
  }
}

TEST_CASE("headers that are none, or another's, are refused with what was expected and found") {
  CHECK(says(complaint({}, three_labels()), {"images", "truncated", "16 bytes", "found 0"}));
  CHECK(says(complaint(three_images(), {0, 0, 8}), {"labels", "truncated", "8 bytes", "found 3"}));
  CHECK(says(complaint({0, 0, 8, 3, 0, 0, 0}, three_labels()), {"images", "truncated", "16 bytes", "found 7"}));
  CHECK(says(complaint({'P', 'K', 3, 4}, three_labels()), {"images", "0x00 0x00", "0x50 0x4b"}));
  Bytes floats = three_images();
  floats[2] = 0x0D;
  CHECK(says(complaint(floats, three_labels()), {"images", "0x08", "found 0x0d"}));
  CHECK(says(complaint(three_labels(), three_labels()), {"images", "expected images", "is 3", "found 1 dimensions"}));
  CHECK(says(complaint(three_images(), three_images()), {"labels", "expected labels", "is 1", "found 3 dimensions"}));
}

TEST_CASE("extents beyond reason are refused before anything is read for them") {
  CHECK(says(complaint(idx({0, 2, 5}, {}), three_labels()), {"images", "expected images of 1 to 1073741824", "found 0"}));
  CHECK(says(complaint(idx({3, 0, 5}, {}), three_labels()), {"images", "a height of 1 to 4096", "found 0"}));
  CHECK(says(complaint(idx({3, 2, 4097}, {}), three_labels()), {"images", "a width of 1 to 4096", "found 4097"}));
  CHECK(says(complaint(idx({0xFFFFFFFF, 1, 1}, {}), three_labels()), {"images", "found 4294967295"}));
  CHECK(says(complaint(idx({65, 4096, 4096}, {}), three_labels()), {"images", "at most 1073741824 bytes", "1090519040"}));
  CHECK(says(complaint(three_images(), idx({0}, {})), {"labels", "expected labels of 1 to", "found 0"}));
}

TEST_CASE("truncated files and files with more behind them are refused, plain and gzipped") {
  CHECK(says(complaint(without_last(three_images(), 4), three_labels()), {"images", "truncated", "30 bytes", "found 26"}));
  CHECK(says(complaint(gzipped(without_last(three_images(), 4)), three_labels()), {"images", "truncated", "30 bytes", "found 26"}));
  Bytes longer = three_labels();
  longer.push_back(0);
  CHECK(says(complaint(three_images(), longer), {"labels", "the file's end after 3 bytes", "found more"}));
  CHECK(says(complaint(three_images(), gzipped(longer)), {"labels", "the file's end after 3 bytes", "found more"}));
}

TEST_CASE("gzip files that are cut off, damaged or followed by something are refused") {
  const Bytes packed = gzipped(three_images());
  CHECK(says(complaint(without_last(packed, 1), three_labels()), {"images", "gzip", "truncated"}));
  CHECK(says(complaint(without_last(packed, packed.size() - 2), three_labels()), {"images", "gzip", "truncated"}));
  Bytes other_checksum = packed;
  other_checksum[packed.size() - 8] ^= 1;
  CHECK(says(complaint(other_checksum, three_labels()), {"images", "damaged", "incorrect data check"}));
  Bytes other_method = packed;
  other_method[2] = 7;
  CHECK(says(complaint(other_method, three_labels()), {"images", "damaged"}));
  Bytes followed = packed;
  followed.push_back(0);
  CHECK(says(complaint(followed, three_labels()), {"images", "the file's end after the gzip data", "found more"}));
}

TEST_CASE("a gzip file is decompressed no further than its header promises") {
  const Bytes packed = gzipped(idx({1, 2, 2}, Bytes(20'000'000)));
  REQUIRE(packed.size() < 40'000);
  CHECK(says(complaint(packed, three_labels()), {"images", "the file's end after 4 bytes", "found more"}));
  // The other way round: a header that promises a gigabyte gets no memory for what isn't there.
  CHECK(says(complaint(gzipped(idx({262144, 64, 64}, {1, 2, 3})), three_labels()), {"images", "truncated", "1073741824", "found 3"}));
}

TEST_CASE("labels that are too many, too few or of no class are refused") {
  CHECK(says(complaint(three_images(), idx({2}, {1, 0})), {"labels", "expected 3 labels", "images", "found 2"}));
  CHECK(says(complaint(three_images(), idx({4}, {1, 0, 1, 0})), {"labels", "expected 3 labels", "found 4"}));
  CHECK(says(complaint(three_images(), idx({3}, {1, 0, 2})), {"labels", "label 2", "a class from 0 to 1", "found 2"}));
}

TEST_CASE("missing files and directories are refused") {
  const TemporaryFolder folder;
  const auto labels = folder.write("labels", three_labels());
  CHECK(says(error_of([&] { read_idx(folder.path() / "none", labels, {"even", "odd"}); }), {"none", "can't open it"}));
  CHECK(says(error_of([&] { read_idx(folder.folder("directory"), labels, {"even", "odd"}); }), {"directory", "found a directory"}));
  CHECK(says(error_of([&] { read_idx("/dev/zero", labels, {"even", "odd"}); }), {"/dev/zero", "regular file"}));
}

TEST_CASE("a folder of the four files is train, a seeded share of it, and test") {
  const TemporaryFolder folder;
  folder.write("train-images-idx3-ubyte.gz", gzipped(idx({10, 2, 2}, Bytes(40, 7))));
  folder.write("train-labels-idx1-ubyte", idx({10}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  folder.write("t10k-images-idx3-ubyte", idx({2, 2, 2}, Bytes(8, 9)));
  CHECK(says(error_of([&] { read_fashion_mnist(folder.path(), 0.3, 5); }),
             {folder.path().string(), "expected the file t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz"}));
  folder.write("t10k-labels-idx1-ubyte.gz", gzipped(idx({2}, {9, 5})));
  const DataSplits splits = read_fashion_mnist(folder.path(), 0.3, 5);
  CHECK(splits.train.size() == 7);
  CHECK(splits.validation.size() == 3);
  CHECK(splits.test.class_names()[static_cast<index_t>(splits.test.label(0))] == "Ankle boot");
  CHECK(splits.test.image(1)[3] == 9);
  const ValidationSplit split = split_validation(10, 0.3, 5);
  for (index_t i = 0; i < 3; ++i) CHECK(splits.validation.label(i) == static_cast<std::int32_t>(split.validation[i]));
  folder.write("t10k-images-idx3-ubyte", idx({2, 1, 2}, Bytes(4, 9)));
  CHECK(says(error_of([&] { read_fashion_mnist(folder.path(), 0.3, 5); }), {"one size", "train has 2x2 and t10k 2x1"}));
}

TEST_CASE("Fashion-MNIST as Debian has it: 60,000 and 10,000 garments, where dataset-fashion-mnist is installed") {
  const std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
  if (!std::filesystem::exists(folder / "train-images-idx3-ubyte.gz")) {
    MESSAGE("skipped: ", folder.string(), " isn't there");
    return;
  }
  const DataSplits splits = read_fashion_mnist(folder, 0.1, 42);
  CHECK(splits.train.size() == 54'000);
  CHECK(splits.validation.size() == 6'000);
  CHECK(splits.test.class_counts() == std::vector<index_t>(10, 1000));
  CHECK(splits.train.height() == 28);
  std::vector<index_t> counts = splits.train.class_counts();
  for (index_t i = 0; i < 10; ++i) CHECK(counts[i] + splits.validation.class_counts()[i] == 6000);
  CHECK(splits.test.label(0) == 9);  // the first is an ankle boot
}
