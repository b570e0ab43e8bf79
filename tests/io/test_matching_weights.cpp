// Matching weights: what another network's file shares is taken, the rest is told, and an error changes nothing.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/error_of.hpp"
#include "support/temporary_directory.hpp"
#include "taut/device/reference.hpp"
#include "taut/io/atomic_file.hpp"
#include "taut/io/matching_weights.hpp"
#include "taut/io/read_file.hpp"
#include "taut/io/weights.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;
using taut::test::contains;
using taut::test::error_of;
using taut::test::TemporaryDirectory;

namespace {

using Features = Block<Conv2d<3, 3>, BatchNorm2d, ReLU, Flatten>;
using Seven = Sequential<Shape{1, 5, 5}, Features, Linear<7>>;
using Two = Sequential<Shape{1, 5, 5}, Features, Linear<2>>;
using Deeper = Sequential<Shape{1, 5, 5}, Features, Linear<7>, ReLU, Linear<2>>;
template <class Net>
using Small = Model<Net, float, Reference, 4>;

template <class M>
std::vector<float> values_of(const M& model, const std::string& name) {
  const auto tensors = model.export_tensors();
  const auto found = std::ranges::find(tensors, name, &NamedTensor<float>::name);
  REQUIRE_MESSAGE(found != tensors.end(), name);
  return found->values;
}

/// A trained model's file: statistics that are no defaults.
TensorFile seven_classes() {
  Small<Seven> model{seed(1)};
  for (float& statistic : model.buffers()) statistic += 0.25F;
  TensorFile file;
  file.origin = "seven";
  for (const NamedTensor<float>& tensor : model.export_tensors()) {
    file.add(tensor.name, detail::extents_of(tensor.shape), std::span<const float>(tensor.values));
  }
  return file;
}

const std::vector<std::string> features{"0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var"};

}  // namespace

TEST_CASE("layers of the same name and shape are taken, a head of another number of classes is not") {
  const TensorFile file = seven_classes();
  Small<Two> model{seed(2)};
  const std::vector<float> head = values_of(model, "4.weight");
  const MatchedWeights matched = import_matching_weights(file, model);
  CHECK(matched.taken == features);
  for (const std::string& name : features) CHECK(values_of(model, name) == file.tensor<float>(name));
  CHECK(values_of(model, "4.weight") == head);
  REQUIRE(matched.left.size() == 2);
  CHECK(to_string(matched.left[0]) == "tensor \"4.weight\": expected 2x27 but found 7x27");
  CHECK(to_string(matched.left[1]) == "tensor \"4.bias\": expected 2 but found 7");
}

TEST_CASE("what only one side has is told") {
  TensorFile file = seven_classes();
  const float extra[] = {1, 2};
  file.add("9.weight", {2}, std::span<const float>(extra));
  const std::int64_t batches[] = {3};
  file.add("1.num_batches_tracked", {}, std::span<const std::int64_t>(batches));
  Small<Deeper> model{seed(2)};
  const MatchedWeights matched = import_matching_weights(file, model);
  CHECK(matched.taken.size() == features.size() + 2);
  CHECK(values_of(model, "4.weight") == file.tensor<float>("4.weight"));
  std::vector<std::string> left;
  for (const TensorDifference& difference : matched.left) left.push_back(to_string(difference));
  CHECK(left == std::vector<std::string>{"tensor \"6.weight\": expected 2x7 but the file has none",
                                         "tensor \"6.bias\": expected 2 but the file has none",
                                         "tensor \"9.weight\": the network has none but found 2"});
}

TEST_CASE("a tensor of whole numbers is no weight") {
  TensorFile file = seven_classes();
  TensorFile other;
  other.origin = "other";
  for (const TensorEntry& entry : file.entries) {
    if (entry.name != "0.bias") other.entries.push_back(entry);
  }
  const std::int32_t whole[] = {1, 2, 3};
  other.add("0.bias", {3}, std::span<const std::int32_t>(whole));
  Small<Seven> model{seed(2)};
  const MatchedWeights matched = import_matching_weights(other, model);
  REQUIRE(matched.left.size() == 1);
  CHECK(to_string(matched.left[0]) == "tensor \"0.bias\": expected a floating type but found I32");
}

TEST_CASE("nothing in common, or a damaged file, is an error and changes nothing") {
  const TemporaryDirectory directory;
  using Other = Sequential<Shape{3, 5, 5}, Conv2d<4, 3>, Flatten, Linear<9>>;
  Small<Other> other{seed(3)};
  const auto before = other.export_tensors();
  CHECK(error_of([&] { import_matching_weights(seven_classes(), other); }) ==
        "seven: no tensor of the 8 has the name and shape of one of the network's");
  const auto path = directory / "seven.safetensors";
  write_safetensors(path, seven_classes());
  Small<Two> model{seed(2)};
  CHECK(load_matching_weights(path, model).taken == features);

  std::vector<std::byte> bytes = read_file(path);
  bytes[bytes.size() - 5] ^= std::byte{1};
  write_file_atomically(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  Small<Two> fresh{seed(4)};
  const std::vector<float> weights = values_of(fresh, "0.weight");
  CHECK(contains(error_of([&] { load_matching_weights(path, fresh); }), "damaged"));
  CHECK(contains(error_of([&] { load_matching_weights(directory / "none.safetensors", fresh); }), "none.safetensors"));
  CHECK(values_of(fresh, "0.weight") == weights);
  const auto after = other.export_tensors();
  for (std::size_t i = 0; i < after.size(); ++i) CHECK(after[i].values == before[i].values);
}
