/// The code of docs/08_weights.md.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "support/temporary_directory.hpp"
#include "taut/io.hpp"
#include "taut/taut.hpp"

namespace {

using Net = taut::Sequential<taut::Shape{1, 4, 4}, taut::Flatten, taut::Linear<8>, taut::ReLU, taut::Dropout<30>, taut::Linear<5>>;

}  // namespace

TEST_CASE("docs/08_weights.md: into a program that infers") {
  using FaceSession = taut::Session<Net, float, taut::Cpu<>, 1>;
  const taut::test::TemporaryDirectory directory;
  const std::filesystem::path weights = directory / "net.safetensors";
  taut::WeightsInfo known;
  known.class_names = {"a", "b", "c", "d", "e"};
  known.image_height = known.image_width = 4;
  taut::save_weights(weights, taut::Model<Net, float, taut::Cpu<>>{taut::seed(1)}, known);
  const std::vector<std::uint8_t> picture(16, 100);
  std::ostringstream answers;
  std::streambuf* const screen = std::cout.rdbuf(answers.rdbuf());
  {
    const auto [session, info] = taut::load_session<FaceSession>(weights);
    const taut::Preparation preparation(info.image_height, info.image_width, {info.mean, info.std});
    FaceSession::Workspace workspace;
    for (const taut::RankedClass& each : taut::classify(session, workspace, preparation, picture, 2)) {
      std::cout << info.class_names[each.index] << " " << each.probability << "\n";
    }
  }
  std::cout.rdbuf(screen);
  const std::string said = answers.str();
  CHECK(std::count(said.begin(), said.end(), '\n') == 2);
}

TEST_CASE("docs/08_weights.md: PyTorch in, ONNX out") {
  const taut::test::TemporaryDirectory directory;
  const std::filesystem::path checkpoint = std::string(TAUT_TESTS_FOLDER) + "/io/torch/mlp.pth", file = directory / "net.onnx";
  taut::Model<Net, float, taut::Cpu<>> model{taut::seed(1)};
  taut::load_torch_weights(checkpoint, model, {.key = "net"});
  taut::write_onnx(file, model);
  CHECK(std::filesystem::file_size(file) > 4 * Net::parameter_count);

  const taut::TorchOptions options{
      .key = "net",
      .names = {{"1.weight", "hidden.weight"}, {"1.bias", "hidden.bias"}, {"4.weight", "head.weight"}, {"4.bias", "head.bias"}}};
  taut::Model<Net, float, taut::Cpu<>> other{taut::seed(2)};
  taut::load_torch_weights(checkpoint, other, options);
  CHECK(std::ranges::equal(model.parameters(), other.parameters()));

  const taut::TensorFile tensors = taut::read_torch(checkpoint, "net");
  const std::vector<float> weight = tensors.tensor<float>("hidden.weight");
  CHECK(weight.size() == 8 * 16);
}
