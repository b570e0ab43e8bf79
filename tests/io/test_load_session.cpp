// A session from a weights file, and a picture through it.
#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "support/error_of.hpp"
#include "support/temporary_directory.hpp"
#include "taut/data/classify.hpp"
#include "taut/device/reference.hpp"
#include "taut/io/load_session.hpp"
#include "taut/nn.hpp"

using namespace taut;
using taut::test::contains;
using taut::test::error_of;
using taut::test::TemporaryDirectory;

namespace {

using Net = Sequential<Shape{1, 6, 4}, Conv2d<4, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>, Flatten, Linear<3>>;
using Other = Sequential<Shape{1, 6, 4}, Flatten, Linear<3>>;
using NetSession = Session<Net, float, Reference, 2>;

}  // namespace

TEST_CASE("a session from a file gives the model's answers about a picture") {
  const TemporaryDirectory directory;
  Model<Net, float, Reference, 2> model{seed(5)};
  WeightsInfo info;
  info.class_names = {"a", "b", "c"};
  info.mean = 0.25F;
  info.std = 0.5F;
  info.image_height = 6;
  info.image_width = 4;
  save_weights(directory / "net.safetensors", model, info);

  const auto [session, found] = load_session<NetSession>(directory / "net.safetensors");
  CHECK(found == info);
  std::vector<std::uint8_t> picture(24);
  for (std::size_t i = 0; i < picture.size(); ++i) picture[i] = static_cast<std::uint8_t>(11 * i);

  std::vector<float> prepared;
  for (const std::uint8_t pixel : picture) prepared.push_back((static_cast<float>(pixel) / 255 - 0.25F) / 0.5F);
  const auto logits = model.evaluate(BatchView<const float, Net::input_shape>{prepared.data(), 1});
  const auto expected = top_classes(std::span(logits.data, 3), 3);
  NetSession::Workspace workspace;
  const auto classes = classify(session, workspace, Preparation(6, 4, {found.mean, found.std}), picture, 3);
  REQUIRE(classes.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(classes[i].index == expected[i].index);
    CHECK(classes[i].probability == doctest::Approx(expected[i].probability).epsilon(1e-5));
  }
  CHECK(contains(error_of([&, &shared = session] { (void)classify(shared, workspace, Preparation(5, 4, {}), picture, 3); }), "24 pixels"));
  CHECK(contains(error_of([&, &shared = session] { (void)classify(shared, workspace, Preparation(6, 4, {}), std::vector<std::uint8_t>(7), 3); }),
                 "one of 7"));
}

TEST_CASE("a file of another network makes no session") {
  const TemporaryDirectory directory;
  WeightsInfo info;
  info.class_names = {"a", "b", "c"};
  info.image_height = 6;
  info.image_width = 4;
  save_weights(directory / "other.safetensors", Model<Other, float, Reference, 1>{seed(5)}, info);
  const std::string error = error_of([&] { (void)load_session<NetSession>(directory / "other.safetensors"); });
  CHECK(contains(error, "other.safetensors"));
  CHECK(contains(error, "0.weight"));
}
