// TensorFile: round trips, conversions and checksums.
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "io/safetensors_files.hpp"
#include "support/error_of.hpp"
#include "support/temporary_directory.hpp"
#include "taut/io/safetensors.hpp"

using namespace taut;
using namespace taut::test;

TEST_CASE("a file reads back as it was written, the widest types first") {
  const TemporaryDirectory directory;
  const TensorFile written = sample();
  write_safetensors(directory / "file", written);
  const TensorFile read = read_safetensors(directory / "file");
  REQUIRE(read.entries.size() == written.entries.size());
  for (const TensorEntry& entry : written.entries) {
    const TensorEntry& found = read.at(entry.name);
    CHECK(found.dtype == entry.dtype);
    CHECK(found.shape == entry.shape);
    CHECK(found.bytes == entry.bytes);
  }
  CHECK(read.entries[0].name == "wide");
  CHECK(read.entries[1].name == "count");
  CHECK(read.entries[2].name == "0.weight");
  CHECK(read.metadata_at("line") == "one\ntwo\t\xE2\x82\xAC");
  CHECK(read.metadata_at("taut_checksum").size() == 16);
  CHECK(read.origin == (directory / "file").string());
  CHECK(read.tensor<std::int64_t>("count") == std::vector<std::int64_t>{-7});
  CHECK(read.tensor<std::int32_t>("labels") == std::vector<std::int32_t>{-1, 6});
  CHECK(read.tensor<std::uint8_t>("bytes \"quoted\" \xC3\xA9") == std::vector<std::uint8_t>{1, 2, 255});
  CHECK(read.tensor<double>("wide") == std::vector<double>{0.1, -1e300});
  CHECK(read.tensor<float>("none").empty());
  CHECK(encode_safetensors(read) == encode_safetensors(written));
}

TEST_CASE("the header is padded with spaces to a multiple of eight bytes") {
  for (std::size_t length = 1; length < 10; ++length) {
    TensorFile file;
    add<float>(file, std::string(length, 'n'), {1}, {1});
    const Bytes bytes = encode_safetensors(file);
    std::uint64_t header = 0;
    std::memcpy(&header, bytes.data(), 8);
    CHECK(header % 8 == 0);
    CHECK(bytes.size() == 8 + header + 4);
  }
}

TEST_CASE("a file without tensors is a file") {
  CHECK(decode_safetensors(encode_safetensors({}), "file").entries.empty());
  CHECK(decode_safetensors(file_with("{}", 0), "file").entries.empty());
  CHECK(decode_safetensors(file_with("{}   \n", 0), "file").metadata.empty());
}

TEST_CASE("half precision becomes float exactly") {
  TensorFile file;
  add<std::uint16_t>(file, "half", {9}, {0x0000, 0x8000, 0x3C00, 0xC000, 0x0001, 0x03FF, 0x7BFF, 0x7C00, 0x7E00});
  file.entries[0].dtype = Dtype::f16;
  add<std::uint16_t>(file, "brain", {4}, {0x3F80, 0xC040, 0x0001, 0xFF80});
  file.entries[1].dtype = Dtype::bf16;
  const TensorFile read = decode_safetensors(encode_safetensors(file), "file");
  const std::vector<float> half = read.tensor<float>("half");
  CHECK(half[0] == 0);
  CHECK((half[1] == 0 && std::signbit(half[1])));
  CHECK(half[2] == 1);
  CHECK(half[3] == -2);
  CHECK(half[4] == std::ldexp(1.0F, -24));
  CHECK(half[5] == std::ldexp(1023.0F, -24));
  CHECK(half[6] == 65504);
  CHECK(std::isinf(half[7]));
  CHECK(std::isnan(half[8]));
  const std::vector<double> brain = read.tensor<double>("brain");
  CHECK(brain[0] == 1);
  CHECK(brain[1] == -3);
  CHECK(brain[2] == std::ldexp(1.0, -133));
  CHECK((std::isinf(brain[3]) && brain[3] < 0));
}

TEST_CASE("numbers convert between floating types only") {
  const TensorFile file = decode_safetensors(encode_safetensors(sample()), "file");
  CHECK(file.tensor<float>("wide")[0] == 0.1F);
  CHECK(file.tensor<double>("0.weight")[2] == 3.5);
  CHECK(error_of([&] { (void)file.tensor<float>("count"); }) == "file: tensor \"count\": expected a floating type but found I64");
  CHECK(error_of([&] { (void)file.tensor<std::int64_t>("labels"); }) == "file: tensor \"labels\": expected I64 but found I32");
  CHECK(error_of([&] { (void)file.tensor<float>("absent"); }) == "file: there is no tensor \"absent\"");
  CHECK(error_of([&] { (void)file.metadata_at("absent"); }) == "file: the metadata has no \"absent\"");
}

TEST_CASE("what the format can't hold isn't written") {
  const auto refuse = [](const TensorFile& file) { return error_of([&] { (void)encode_safetensors(file); }); };
  TensorFile twice;
  add<float>(twice, "a", {1}, {1});
  add<float>(twice, "a", {1}, {1});
  CHECK(contains(refuse(twice), "two entries would be called \"a\""));
  TensorFile reserved;
  add<float>(reserved, "__metadata__", {1}, {1});
  CHECK(contains(refuse(reserved), "two entries would be called \"__metadata__\""));
  TensorFile uneven;
  add<float>(uneven, "a", {2}, {1});
  CHECK(contains(refuse(uneven), "tensor \"a\": expected 8 bytes for 2 of F32 but found 4"));
  TensorFile broken_name;
  add<float>(broken_name, "a\xFF", {1}, {1});
  CHECK(contains(refuse(broken_name), "is not valid UTF-8"));
  TensorFile broken_metadata;
  broken_metadata.metadata["k"] = "\xC3";
  CHECK(contains(refuse(broken_metadata), "is not valid UTF-8"));
}

TEST_CASE("a checksum that disagrees is an Error, a file without one isn't") {
  TensorFile file;
  add<float>(file, "a", {2}, {1, 2});
  Bytes bytes = encode_safetensors(file);
  bytes.back() ^= std::byte{1};
  CHECK(contains(decode_error(bytes), "file: damaged: expected the checksum"));
  const TensorFile foreign = decode_safetensors(file_with(R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})", 4), "file");
  CHECK(foreign.tensor<float>("a") == std::vector<float>{0});
  CHECK(contains(error_of([&] { require_checksum(foreign); }), "file: the metadata has no \"taut_checksum\""));
}

TEST_CASE("the checksum is FNV-1a and doesn't depend on the tensors' order") {
  Fnv1a hash;
  CHECK(hash.hex() == "cbf29ce484222325");
  hash.add(std::as_bytes(std::span("foobar", 6)));
  CHECK(hash.hex() == "85944171f73967e8");  // the authors' own test vector
  TensorFile file = sample();
  const std::string before = checksum_of(file);
  std::swap(file.entries[0], file.entries[3]);
  CHECK(checksum_of(file) == before);
  file.entries[1].shape.push_back(1);
  CHECK(checksum_of(file) != before);
}
