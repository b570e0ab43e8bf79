// Every way in which a safetensors file can be wrong.
#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "io/safetensors_files.hpp"
#include "support/error_of.hpp"
#include "taut/io/safetensors.hpp"

using namespace taut;
using namespace taut::test;

namespace {

std::string header_error(std::string_view header, std::size_t data_bytes = 0) { return decode_error(file_with(header, data_bytes)); }

/// One tensor "a" described by these members.
std::string tensor_error(const std::string& members, std::size_t data_bytes = 8) {
  return header_error("{\"a\":{" + members + "}}", data_bytes);
}

}  // namespace

TEST_CASE("the length of the header is checked against the file and the format's bound") {
  CHECK(contains(decode_error({}), "file: not a safetensors file: expected at least 8 bytes but found 0"));
  CHECK(contains(decode_error(Bytes(7)), "found 7"));
  CHECK(contains(decode_error(Bytes(8)), "doesn't begin with '{'"));
  Bytes bytes = file_with("{}", 0);
  bytes[0] = std::byte{3};
  CHECK(contains(decode_error(bytes), "truncated: expected a header of 3 bytes but found 2"));
  bytes[5] = std::byte{1};
  CHECK(contains(decode_error(bytes), "expected a header of at most 100000000 bytes but found"));
  CHECK(contains(decode_error(Bytes(100, std::byte{0xFF})), "at most 100000000 bytes"));
  const std::string csv = "emotion,pixels,Usage\n0,70 80 82,Training\n";
  CHECK(contains(decode_error(std::as_bytes(std::span(csv.data(), csv.size()))), "not a safetensors file"));
}

TEST_CASE("a header that is no JSON object of the right form is refused, and the error says where") {
  CHECK(contains(header_error("{"), "no JSON"));
  CHECK(contains(header_error("{} x"), "no JSON"));
  CHECK(contains(header_error(" {}"), "doesn't begin with '{'"));
  CHECK(contains(header_error("[]"), "doesn't begin with '{'"));
  CHECK(contains(header_error("{\"a\":}"), "unexpected byte at position 6"));
  CHECK(contains(header_error("{\"a\xFF\":{}}"), "no JSON"));
  CHECK(contains(header_error(std::string_view("{\"a\0\":{}}", 9)), "no JSON"));
  CHECK(contains(header_error("{\"a\":1}"), "entry \"a\": expected an object but found a number"));
  CHECK(contains(header_error("{\"a\":null}"), "found null"));
  CHECK(contains(header_error("{\"a\":true}"), "found a boolean"));
  CHECK(contains(header_error("{\"a\":[]}"), "found an array"));
  CHECK(contains(header_error("{\"a\":\"b\"}"), "found a string"));
  const std::string good = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  CHECK(header_error("{" + good + "}", 4).empty());
  CHECK(contains(header_error("{" + good + "," + good + "}", 4), "\"a\" appears twice"));
  CHECK(contains(header_error("{\"__metadata__\":{},\"__metadata__\":{}}"), "\"__metadata__\" appears twice"));
}

TEST_CASE("nesting is refused where it begins, however deep it would go") {
  constexpr std::size_t depth = 1'000'000;
  CHECK(contains(header_error("{\"a\":" + std::string(depth, '[')), "expected an object but found an array"));
  std::string objects = "{\"a\":{\"dtype\":";
  for (std::size_t i = 0; i < depth; ++i) objects += "{\"\":";
  CHECK(contains(header_error(objects), "dtype: expected a string but found an object"));
  CHECK(contains(header_error("{\"a\":{\"shape\":" + std::string(depth, '[')), "shape: expected a list of sizes but found an array"));
  std::string zeros = "{\"a\":{\"shape\":[0";
  for (std::size_t i = 0; i < depth; ++i) zeros += ",0";
  CHECK(contains(header_error(zeros), "more than 32 axes"));
}

TEST_CASE("metadata are strings") {
  CHECK(decode_safetensors(file_with(R"({"__metadata__":{"k":"v","l":""}})", 0), "file").metadata_at("k") == "v");
  CHECK(contains(header_error(R"({"__metadata__":{"k":1}})"), "the metadata's \"k\": expected a string but found a number"));
  CHECK(contains(header_error(R"({"__metadata__":{"k":{}}})"), "found an object"));
  CHECK(contains(header_error(R"({"__metadata__":{"k":["v"]}})"), "found an array"));
  CHECK(contains(header_error(R"({"__metadata__":{"k":null}})"), "found null"));
  CHECK(contains(header_error(R"({"__metadata__":{"k":"1","k":"2"}})"), "the metadata's key \"k\" appears twice"));
  CHECK(contains(header_error(R"({"__metadata__":"k"})"), "expected an object but found a string"));
}

TEST_CASE("each member of a tensor is there once and makes sense") {
  const std::string dtype = R"("dtype":"F32")", shape = R"("shape":[2])", offsets = R"("data_offsets":[0,8])";
  const auto with = [&](const std::string& d, const std::string& s, const std::string& o) { return tensor_error(d + "," + s + "," + o); };
  CHECK(with(dtype, shape, offsets).empty());
  CHECK(with(offsets, dtype, shape).empty());
  CHECK(contains(tensor_error(shape + "," + offsets), "tensor \"a\": there is no \"dtype\""));
  CHECK(contains(tensor_error(dtype + "," + offsets), "there is no \"shape\""));
  CHECK(contains(tensor_error(dtype + "," + shape), "there is no \"data_offsets\""));
  CHECK(contains(tensor_error(""), "there is no \"dtype\""));
  CHECK(contains(with(dtype, dtype, offsets), "the key \"dtype\" appears twice"));
  CHECK(contains(with(dtype, shape, offsets + R"(,"stride":[1])"), "unknown key \"stride\""));
  CHECK(contains(with(R"("dtype":"F8")", shape, offsets), "unknown dtype \"F8\""));
  CHECK(contains(with(R"("dtype":"f32")", shape, offsets), "unknown dtype \"f32\""));
  CHECK(contains(with(R"("dtype":32)", shape, offsets), "dtype: expected a string but found a number"));
  CHECK(contains(with(dtype, R"("shape":2)", offsets), "shape: expected a list of sizes but found a number"));
  CHECK(contains(with(dtype, R"("shape":[-2])", offsets), "found a negative number"));
  CHECK(contains(with(dtype, R"("shape":[2.0])", offsets), "found a number that is no integer"));
  CHECK(contains(with(dtype, R"("shape":[18446744073709551616])", offsets), "found a number that is no integer of 64 bits"));
  CHECK(contains(with(dtype, R"("shape":["2"])", offsets), "found a string"));
  CHECK(contains(with(dtype, R"("shape":null)", offsets), "found null"));
  CHECK(contains(with(dtype, shape, R"("data_offsets":[0])"), "expected 2 data_offsets but found 1"));
  CHECK(contains(with(dtype, shape, R"("data_offsets":[0,8,8])"), "expected 2 data_offsets but found more"));
  CHECK(contains(with(dtype, shape, R"("data_offsets":[0,-8])"), "found a negative number"));
  CHECK(contains(with(dtype, shape, R"("data_offsets":8)"), "data_offsets: expected two integers but found a number"));
}

TEST_CASE("shapes, types and offsets agree with each other and with the file") {
  const auto layout = [](const std::string& shape, const std::string& offsets, std::size_t data_bytes) {
    return tensor_error(R"("dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets, data_bytes);
  };
  CHECK(layout("[]", "[0,4]", 4).empty());
  CHECK(layout("[0]", "[0,0]", 0).empty());
  CHECK(layout("[18446744073709551615,18446744073709551615,0]", "[0,0]", 0).empty());
  CHECK(contains(layout("[2]", "[8,0]", 8), "data_offsets run backwards, from 8 to 0"));
  CHECK(contains(layout("[2]", "[0,8]", 7), "ends at byte 8 of the data, which has 7 bytes"));
  CHECK(contains(layout("[2]", "[0,18446744073709551615]", 8), "ends at byte 18446744073709551615"));
  CHECK(contains(layout("[3]", "[0,8]", 8), "expected 12 bytes for 3 of F32 but found 8"));
  CHECK(contains(layout("[]", "[0,8]", 8), "expected 4 bytes for a scalar of F32 but found 8"));
  CHECK(contains(layout("[4294967296,4294967296]", "[0,8]", 8), "the size of 4294967296x4294967296 exceeds 64 bits"));
  CHECK(contains(layout("[4611686018427387904]", "[0,0]", 0), "exceeds 64 bits"));
  CHECK(contains(layout("[2]", "[0,8]", 9), "expected 8 bytes of data but found 9"));
  CHECK(contains(layout("[1]", "[4,8]", 8), "bytes 0 to 4 of the data belong to no tensor"));
  const auto two = [](const std::string& first, const std::string& second, std::size_t data_bytes) {
    const std::string members = R"({"dtype":"U8","shape":[4],"data_offsets":)";
    return header_error("{\"a\":" + members + first + "},\"b\":" + members + second + "}}", data_bytes);
  };
  CHECK(two("[0,4]", "[4,8]", 8).empty());
  CHECK(two("[4,8]", "[0,4]", 8).empty());
  CHECK(contains(two("[0,4]", "[0,4]", 4), "inside another tensor"));
  CHECK(contains(two("[0,4]", "[3,7]", 7), "tensor \"b\": begins at byte 3 of the data, inside another tensor"));
  CHECK(contains(two("[0,4]", "[5,9]", 9), "bytes 4 to 5 of the data belong to no tensor"));
}

TEST_CASE("a message stays one short line whatever the file calls its tensors") {
  const std::string error = header_error("{\"a\\nb\\u0007" + std::string(5000, 'n') + "\":1}");
  CHECK(contains(error, "a?b?nnn"));
  CHECK(error.size() < 300);
}

TEST_CASE("every truncation of a file is refused") {
  const Bytes whole = encode_safetensors(sample());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::string error = decode_error(std::span(whole).first(length));
    REQUIRE_MESSAGE(contains(error, "file: "), "the first " << length << " bytes were accepted");
  }
  Bytes longer = whole;
  longer.push_back(std::byte{0});
  CHECK(contains(decode_error(longer), "of data but found"));
}

TEST_CASE("every flipped bit is refused, or harmless to what the file says") {
  const TensorFile good = sample();
  const Bytes whole = encode_safetensors(good);
  const std::string checksum = checksum_of(good);
  std::size_t harmless = 0;
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes flipped = whole;
    flipped[bit / 8] ^= std::byte{1} << (bit % 8);
    const std::string error = error_of([&] {
      const TensorFile read = decode_safetensors(flipped, "file");
      // One bit may rename the checksum's key: what Taut writes must have one.
      require_checksum(read);
      REQUIRE_MESSAGE(checksum_of(read) == checksum, "bit " << bit << " changed the content unnoticed");
      ++harmless;
    });
    REQUIRE(error.find('\n') == std::string::npos);
  }
  CHECK(harmless < 100);  // spaces that become other white space, \u escapes in another case
}
