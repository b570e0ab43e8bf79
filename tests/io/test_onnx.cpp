// ONNX files: protocol buffers byte by byte, and networks that ONNX Runtime, where a Python has it, runs to the same logits.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "networks.hpp"
#include "support/temporary_directory.hpp"
#include "taut/core/batch.hpp"
#include "taut/core/channels_last.hpp"
#include "taut/core/random.hpp"
#include "taut/device/cpu.hpp"
#include "taut/io/onnx.hpp"
#include "taut/io/read_file.hpp"
#include "taut/nn/model.hpp"

using namespace taut;
using namespace taut::test;

namespace {

/// "08 96 01"
std::string hex(const std::string& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    if (!text.empty()) text += ' ';
    text += digits[value / 16];
    text += digits[value % 16];
  }
  return text;
}

/// A model all of whose tensors are random, running statistics too.
template <class Net>
Model<Net, float, Cpu<>, 8> random_model() {
  Model<Net, float, Cpu<>, 8> model{seed(3), Cpu<>{1}};
  auto tensors = model.export_tensors();
  Random random{4};
  for (auto& tensor : tensors) {
    const bool mean = tensor.name.ends_with("running_mean"), variance = tensor.name.ends_with("running_var");
    for (float& value : tensor.values) value = variance ? random.uniform(0.05F, 0.5F) : random.uniform(-0.2F, 0.2F) + (mean ? 0 : value);
  }
  model.import_tensors(tensors);
  return model;
}

void write_numbers(const std::filesystem::path& path, std::span<const float> numbers) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(numbers.data()), static_cast<std::streamsize>(numbers.size_bytes()));
}

/// NAME.onnx, and beside it images (batch, channels, height, width) and the logits that Taut has for them.
template <class Net>
void write_case(const std::filesystem::path& directory, const std::string& name) {
  constexpr index_t rows = 3;
  auto model = random_model<Net>();
  write_onnx(directory / (name + ".onnx"), model, {.graph_name = name, .metadata = {{"classes", "a, b"}}});
  Batch<float, Net::input_shape, 8> batch(rows);
  std::vector<float> images(rows * Net::input_shape.size());
  Random random{5};
  for (float& value : images) value = random.uniform(-1, 1);
  for (index_t row = 0; row < rows; ++row) {
    Tensor<float, Net::input_shape> image;
    std::copy_n(images.data() + row * Net::input_shape.size(), Net::input_shape.size(), image.data());
    to_channels_last(image, batch.view(), row);
  }
  const auto logits = model.evaluate(batch);
  write_numbers(directory / (name + ".images"), images);
  write_numbers(directory / (name + ".logits"), {logits.data, rows * Net::output_shape.size()});
}

/// A layer of one's own: y = scale · x², the scale a channel's.
struct Square {
  static constexpr Role role = Role::custom;
  static constexpr bool accepts(Shape in) { return is_image(in); }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr TensorList tensors(Shape in) {
    TensorList list;
    list.add({"scale", {in.d0}, Order::same, {4, 4}});
    return list;
  }
  static constexpr index_t multiply_adds(Shape) { return 0; }
  static constexpr void name(TextBuilder& text) { text << "Square"; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "channels x height x width"; }

  template <Shape In, class T>
  static void forward(auto& /*device*/, const LayerMemory<T>& memory) {
    for (index_t i = 0; i < memory.rows * In.size(); ++i) memory.y[i] = memory.tensors[0][i % In.d0] * memory.x[i] * memory.x[i];
  }

  static void append_onnx(auto& chain, const LayerPlan&, const std::vector<std::string>& tensors) {
    chain.then({"Mul", {chain.source()}});
    const std::string axes = chain.constant(std::vector<std::int64_t>{1, 2});
    chain.then({"Mul", {chain.beside({"Unsqueeze", {tensors[0], axes}})}});
  }
};
using Squared = Sequential<Shape{2, 5, 4}, Conv2d<3, 2>, Square, Square, Flatten, Linear<4>>;

}  // namespace

TEST_CASE("protocol buffers as their specification's examples have them") {
  CHECK(hex(detail::ProtobufWriter{}.number(1, 150).bytes()) == "08 96 01");
  CHECK(hex(detail::ProtobufWriter{}.text(2, "testing").bytes()) == "12 07 74 65 73 74 69 6e 67");
  CHECK(hex(detail::ProtobufWriter{}.message(3, detail::ProtobufWriter{}.number(1, 150)).bytes()) == "1a 03 08 96 01");
  CHECK(hex(detail::ProtobufWriter{}.number(1, -2).bytes()) == "08 fe ff ff ff ff ff ff ff ff 01");
  CHECK(hex(detail::ProtobufWriter{}.number(20, 7).bytes()) == "a0 01 07");
  CHECK(hex(detail::ProtobufWriter{}.real(2, 1.0F).bytes()) == "15 00 00 80 3f");
}

TEST_CASE("a network's operators are a chain from input to output, without dropout") {
  const std::vector<OnnxNode> nodes = detail::onnx_nodes<Mlp>();
  REQUIRE(nodes.size() == 4);
  CHECK(nodes[0].operation == "Flatten");
  CHECK(nodes[0].inputs == std::vector<std::string>{"input"});
  CHECK(nodes[1].operation == "Gemm");
  CHECK(nodes[1].inputs == std::vector<std::string>{"0", "1.weight", "1.bias"});
  CHECK(nodes[2].operation == "Relu");
  CHECK(nodes[3].inputs == std::vector<std::string>{"2", "4.weight", "4.bias"});
  CHECK(nodes[3].output == "output");
  const auto dropout_alone = detail::onnx_nodes<Sequential<Shape{3}, Dropout<50>>>();
  REQUIRE(dropout_alone.size() == 1);
  CHECK(dropout_alone[0].operation == "Identity");
  CHECK(dropout_alone[0].output == "output");
}

TEST_CASE("an activation without an operator of its own is a few operators, the last of which is the layer's") {
  const std::vector<OnnxNode> nodes = detail::onnx_nodes<Sequential<Shape{3}, SiLU, LeakyReLU, GELU>>();
  REQUIRE(nodes.size() == 2 + 1 + 8);
  CHECK(nodes[0].operation == "Sigmoid");
  CHECK(nodes[0].inputs == std::vector<std::string>{"input"});
  CHECK(nodes[1].operation == "Mul");
  CHECK(nodes[1].inputs == std::vector<std::string>{"input", nodes[0].output});
  CHECK(nodes[1].output == "0");
  CHECK(nodes[2].operation == "LeakyRelu");
  CHECK(nodes[2].inputs == std::vector<std::string>{"0"});
  CHECK(nodes[5].operation == "Erf");
  CHECK(nodes[10].output == "output");
}

TEST_CASE("a layer of several operators names what it makes on the way, and its result by its number") {
  const std::vector<OnnxNode> nodes = detail::onnx_nodes<Sequential<Shape{4, 3, 3}, ReLU, GroupNorm<2>, Reshape<36>>>();
  REQUIRE(nodes.size() == 15);
  CHECK(nodes[2].operation == "Reshape");
  CHECK(nodes[2].inputs == std::vector<std::string>{"0", "1.1"});
  CHECK(nodes[2].output == "1.2");
  CHECK(nodes[12].operation == "Add");
  CHECK(nodes[12].output == "1");
  CHECK(nodes[14].operation == "Reshape");
  CHECK(nodes[14].inputs == std::vector<std::string>{"1", "2.1"});
  CHECK(nodes[14].output == "output");
}

TEST_CASE("a layer of one's own appends its operators itself") {
  const std::vector<OnnxNode> nodes = detail::onnx_nodes<Sequential<Shape{2, 5, 4}, ReLU, Square>>();
  REQUIRE(nodes.size() == 5);
  CHECK(nodes[1].operation == "Mul");
  CHECK(nodes[1].inputs == std::vector<std::string>{"0", "0"});
  CHECK(nodes[3].inputs == std::vector<std::string>{"1.scale", nodes[2].output});
  CHECK(nodes[4].inputs == std::vector<std::string>{nodes[1].output, nodes[3].output});
  CHECK(nodes[4].output == "output");
}

TEST_CASE("branches read what their fork read, and are joined by name") {
  const auto nodes = detail::onnx_nodes<Sequential<Shape{4}, Linear<3>, Residual<Linear<3>, ReLU>, Parallel<Block<>, Linear<2>>>>();
  REQUIRE(nodes.size() == 6);
  CHECK(nodes[1].inputs == std::vector<std::string>{"0", "1.main.0.weight", "1.main.0.bias"});
  CHECK(nodes[3].operation == "Add");
  CHECK(nodes[3].inputs == std::vector<std::string>{nodes[2].output, "0"});
  CHECK(nodes[4].inputs == std::vector<std::string>{nodes[3].output, "2.1.0.weight", "2.1.0.bias"});
  CHECK(nodes[5].operation == "Concat");
  CHECK(nodes[5].inputs == std::vector<std::string>{nodes[3].output, nodes[4].output});
  CHECK(nodes[5].output == "output");
}

TEST_CASE("a file that can't be written is an error that names it") {
  auto model = random_model<Mlp>();
  CHECK_THROWS_WITH_AS(write_onnx("/nowhere/network.onnx", model), doctest::Contains("/nowhere/network.onnx"), Error);
}

TEST_CASE("ONNX's checker accepts the files and ONNX Runtime gives the same logits: TAUT_PYTHON names a Python that has both") {
  const char* const named = std::getenv("TAUT_PYTHON");
  const std::string python = named == nullptr ? "python3" : named;
  if (std::system((python + " -c 'import onnx, onnxruntime' 2>/dev/null").c_str()) != 0) {
    MESSAGE("skipped: ", python, " lacks onnx or onnxruntime");
    return;
  }
  const TemporaryDirectory directory;
  write_case<Mlp>(directory.path(), "mlp");
  write_case<Strided>(directory.path(), "strided");
  write_case<Grouped>(directory.path(), "grouped");
  write_case<Winograd>(directory.path(), "winograd");
  write_case<Activations>(directory.path(), "activations");
  write_case<Gates>(directory.path(), "gates");
  write_case<Softmaxes>(directory.path(), "softmaxes");
  write_case<Branching>(directory.path(), "branching");
  write_case<EmotionNet>(directory.path(), "emotion");
  write_case<Averaged>(directory.path(), "averaged");
  write_case<Normalized>(directory.path(), "normalized");
  write_case<Reshaped>(directory.path(), "reshaped");
  write_case<Transposed>(directory.path(), "transposed");
  write_case<Sequences>(directory.path(), "sequences");
  write_case<Squared>(directory.path(), "squared");
  const std::string command = python + " " + TAUT_TESTS_FOLDER + "/io/check_onnx.py " + directory.path().string();
  CHECK(std::system(command.c_str()) == 0);
}
