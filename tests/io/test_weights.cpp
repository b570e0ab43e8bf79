// Weights: a model's tensors there and back, and a file of another network told apart layer by layer.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "support/error_of.hpp"
#include "taut/device/reference.hpp"
#include "taut/io/atomic_file.hpp"
#include "taut/io/weights.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"
#include "support/temporary_directory.hpp"

using namespace taut;
using taut::test::contains;
using taut::test::error_of;
using taut::test::TemporaryDirectory;

namespace {

struct Named {
  std::string name;
  Shape shape;
  std::vector<float> values;

  friend bool operator==(const Named&, const Named&) = default;
};

/// What the functions under test need of a model.
struct FakeModel {
  std::vector<Named> tensors;

  std::vector<Named> export_tensors() const { return tensors; }
  void import_tensors(const std::vector<Named>& given) { tensors = given; }
};

FakeModel model(float value = 1) {
  return {{{"0.weight", {2, 1, 3, 3}, std::vector<float>(18, value)},
           {"0.bias", {2}, {value, -value}},
           {"1.running_mean", {2}, {value, 2 * value}},
           {"5.weight", {7, 2}, std::vector<float>(14, value)}}};
}

WeightsInfo info() {
  WeightsInfo known;
  known.class_names = {"angry", "a \"quoted\", name", "\xC3\xA9"};
  known.mean = 0.1F;
  known.std = 0.3F;
  known.image_height = 48;
  known.image_width = 40;
  known.network = "Conv2d<2,3>\nLinear<7>";
  known.data = "synthetic:100";
  known.split_seed = std::numeric_limits<std::uint64_t>::max();
  known.val_fraction = 0.1;
  known.split_checksum = "0123";
  known.taut_version = "0.1.0";
  return known;
}

}  // namespace

TEST_CASE("weights and what is known about them read back the same") {
  const TemporaryDirectory directory;
  const FakeModel trained = model(0.1F);
  save_weights(directory / "best.safetensors", trained, info());
  FakeModel fresh = model(5);
  CHECK(load_weights(directory / "best.safetensors", fresh) == info());
  CHECK(fresh.tensors == trained.tensors);
}

TEST_CASE("a model's weights move to another model, and not into another network") {
  const TemporaryDirectory directory;
  using Net = Sequential<Shape{2, 4, 4}, Conv2d<3, 3>, BatchNorm2d, ReLU, Flatten, Linear<5>>;
  Model<Net, float, Reference, 1> trained(seed(1)), fresh(seed(2));
  save_weights(directory / "w", trained, info());
  CHECK(load_weights(directory / "w", fresh) == info());
  CHECK(std::equal(fresh.parameters().begin(), fresh.parameters().end(), trained.parameters().begin()));
  Model<Sequential<Shape{2, 4, 4}, Conv2d<3, 3>, BatchNorm2d, ReLU, Flatten, Linear<6>>, float, Reference, 1> other(seed(1));
  const std::string error = error_of([&] { (void)load_weights(directory / "w", other); });
  CHECK(contains(error, "tensor \"4.weight\": expected 6x12 but found 5x12; tensor \"4.bias\": expected 6 but found 5"));
}

TEST_CASE("a file of another network names the layers that differ and changes nothing") {
  const TemporaryDirectory directory;
  const auto path = directory / "w";
  const auto error_loading = [&](const FakeModel& other) {
    save_weights(path, other, info());
    FakeModel mine = model(5);
    const std::string error = error_of([&] { (void)load_weights(path, mine); });
    CHECK(mine.tensors == model(5).tensors);
    return error;
  };
  FakeModel wider = model();
  wider.tensors[0] = {"0.weight", {4, 1, 3, 3}, std::vector<float>(36)};
  CHECK(error_loading(wider) == path.string() + ": weights of another network: tensor \"0.weight\": expected 2x1x3x3 but found 4x1x3x3");
  FakeModel turned = model();
  turned.tensors[3].shape = {2, 7};
  CHECK(contains(error_loading(turned), "tensor \"5.weight\": expected 7x2 but found 2x7"));
  FakeModel shorter = model();
  shorter.tensors.pop_back();
  CHECK(contains(error_loading(shorter), "tensor \"5.weight\": expected 7x2 but the file has none"));
  FakeModel longer = model();
  longer.tensors.push_back({"7.bias", {3}, {1, 2, 3}});
  CHECK(contains(error_loading(longer), "tensor \"7.bias\": the network has none but found 3"));
  FakeModel renamed = model();
  for (Named& tensor : renamed.tensors) tensor.name += "x";
  CHECK(contains(error_loading(renamed), "; and 5 more"));
}

TEST_CASE("tensors from elsewhere: any floating type, batch counters ignored, integers refused") {
  TensorFile file;
  file.origin = "torch";
  for (const Named& tensor : model(0.5F).tensors) {
    const std::vector<double> wide(tensor.values.begin(), tensor.values.end());
    file.add(tensor.name, detail::extents_of(tensor.shape), std::span<const double>(wide));
  }
  const std::int64_t count = 12;
  file.add("1.num_batches_tracked", {}, std::span<const std::int64_t>(&count, 1));
  FakeModel mine = model(5);
  import_weights(file, mine);
  CHECK(mine.tensors == model(0.5F).tensors);
  CHECK(error_of([&] { (void)weights_info(file); }) == "torch: the metadata has no \"class_names\"");

  const std::vector<std::int32_t> integers{1, 2};
  file.entries[1] = {};
  file.entries.erase(file.entries.begin() + 1);
  file.add("0.bias", {2}, std::span<const std::int32_t>(integers));
  CHECK(contains(error_of([&] { import_weights(file, mine); }), "tensor \"0.bias\": expected a floating type but found I32"));
  CHECK(mine.tensors == model(0.5F).tensors);
}

TEST_CASE("what is said about the weights is checked when read") {
  const auto error_with = [](const std::string& key, const char* value) {
    TensorFile file = decode_safetensors(encode_safetensors(weights_file(model().tensors, info())), "file");
    if (value == nullptr) file.metadata.erase(key);
    else file.metadata[key] = value;
    return error_of([&] { (void)weights_info(file); });
  };
  for (const auto& [key, value] : to_metadata(info())) {
    if (key == "format") continue;
    CHECK(error_with(key, nullptr) == "file: the metadata has no \"" + key + "\"");
    CHECK(error_with(key, value.c_str()).empty());
  }
  CHECK(contains(error_with("taut_checksum", nullptr), "taut_checksum"));
  for (const char* names : {"", "[]", "{}", "[1]", "[\"a\",\"a\"]", "[\"\"]", "[\"a\"", "[[\"a\"]]", "\"a\"", "null"}) {
    CHECK(contains(error_with("class_names", names), "file: the metadata's \"class_names\": expected a list of distinct names but found"));
  }
  CHECK(contains(error_with("class_names", std::string(1'000'000, '[').c_str()), "expected a list of distinct names"));
  CHECK(contains(error_with("class_names", std::string(2'000'000, '[').c_str()), "expected at most 1048576 bytes but found 2000000"));
  CHECK(contains(error_with("class_names", R"(["sad", "\u001b[2J"])"), "class \"?[2J\": expected no control characters"));
  for (const char* number : {"", "x", "0.5x", " 0.5", "0,5"}) {
    CHECK(contains(error_with("mean", number), "\"mean\": expected a number but found"));
  }
  CHECK(contains(error_with("mean", "nan"), "mean: expected a finite number"));
  for (const char* number : {"0", "-1", "inf", "nan"}) {
    CHECK(contains(error_with("std", number), "std: expected a positive number"));
  }
  for (const char* side : {"0", "65537"}) CHECK(contains(error_with("image_height", side), "expected 1 to 65536 pixels a side"));
  for (const char* side : {"-1", "48.0", "99999999999999999999999"}) CHECK(contains(error_with("image_width", side), "expected a number"));
  for (const char* share : {"1", "-0.1", "nan"}) CHECK(contains(error_with("val_fraction", share), "val_fraction: expected 0 or more"));
}

TEST_CASE("nothing is written that couldn't be read") {
  const TemporaryDirectory directory;
  WeightsInfo nameless = info();
  nameless.class_names.clear();
  CHECK(contains(error_of([&] { save_weights(directory / "w", model(), nameless); }), "expected class names but found none"));
  WeightsInfo flat = info();
  flat.std = 0;
  CHECK(contains(error_of([&] { save_weights(directory / "w", model(), flat); }), "std"));
  WeightsInfo twice = info();
  twice.class_names[1] = twice.class_names[0];
  CHECK(contains(error_of([&] { save_weights(directory / "w", model(), twice); }), "none is empty and none there twice"));
  WeightsInfo latin = info();
  latin.class_names[0] = "fr\xF6hlich";
  CHECK(contains(error_of([&] { save_weights(directory / "w", model(), latin); }), "class \"fr?hlich\": expected a name in UTF-8"));
  CHECK(directory.count() == 0);
}

TEST_CASE("a damaged or truncated weights file changes nothing") {
  const TemporaryDirectory directory;
  const auto path = directory / "w";
  save_weights(path, model(), info());
  std::vector<std::byte> bytes = read_file(path);
  bytes[bytes.size() - 3] ^= std::byte{0x40};
  write_file_atomically(path, bytes);
  FakeModel mine = model(5);
  CHECK(contains(error_of([&] { (void)load_weights(path, mine); }), path.string() + ": damaged: expected the checksum"));
  bytes.resize(bytes.size() / 2);
  write_file_atomically(path, bytes);
  CHECK(contains(error_of([&] { (void)load_weights(path, mine); }), path.string() + ": "));
  CHECK(mine.tensors == model(5).tensors);
}

TEST_CASE("a float becomes the nearest half, ties to even, for every half and what lies between") {
  using taut::detail::f16_from_float;
  using taut::detail::float_from_f16;
  for (std::uint32_t half = 0; half < 0x10000U; ++half) {
    const float value = float_from_f16(static_cast<std::uint16_t>(half));
    if (std::isnan(value)) {
      CHECK(std::isnan(float_from_f16(f16_from_float(value))));
      continue;
    }
    REQUIRE(f16_from_float(value) == half);
    if ((half & 0x7FFFU) >= 0x7BFFU) continue;  // the last finite one, and infinity
    const auto next = static_cast<std::uint16_t>(half + 1);
    const float middle = (value + float_from_f16(next)) / 2;  // exact
    REQUIRE(f16_from_float(middle) == ((half & 1U) == 0 ? half : next));
    REQUIRE(f16_from_float(std::nextafter(middle, 0.0F)) == half);
    REQUIRE(f16_from_float(std::nextafter(middle, 2 * middle)) == next);
  }
  CHECK(f16_from_float(65519.99F) == 0x7BFF);
  CHECK(f16_from_float(65520) == 0x7C00);
  CHECK(f16_from_float(-1e30F) == 0xFC00);
  CHECK(f16_from_float(1e-30F) == 0);
  CHECK(f16_from_float(-1e-30F) == 0x8000);
}

TEST_CASE("half precision takes half of the bytes of what has two axes, and leaves vectors alone") {
  const TemporaryDirectory directory;
  FakeModel before = model(0.1F), after = model(0);
  save_weights(directory / "half.safetensors", before, info(), Precision::half);
  const TensorFile file = read_safetensors(directory / "half.safetensors");
  CHECK(file.at("0.weight").dtype == Dtype::f16);
  CHECK(file.at("0.weight").bytes.size() == 36);
  CHECK(file.at("0.bias").dtype == Dtype::f32);
  CHECK(load_weights(directory / "half.safetensors", after) == info());
  CHECK(after.tensors[1].values == before.tensors[1].values);
  for (const float value : after.tensors[0].values) CHECK(value == 0.0999755859375F);  // the half nearest to 0.1

  before.tensors[3].values[2] = 65520;
  CHECK(error_of([&] { (void)weights_file(before.tensors, info(), "some file", Precision::half); }) ==
        "some file: tensor \"5.weight\": expected numbers up to 65504, which F16 can hold, but found 65520");
}
