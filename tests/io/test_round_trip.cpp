// Weights that leave Taut, pass through PyTorch and the safetensors package, and come back: the same bits. TAUT_PYTHON names a Python.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "networks.hpp"
#include "support/temporary_directory.hpp"
#include "taut/core/batch.hpp"
#include "taut/data/preparation.hpp"
#include "taut/device/cpu.hpp"
#include "taut/io/read_file.hpp"
#include "taut/io/torch.hpp"
#include "taut/io/weights.hpp"
#include "taut/nn/model.hpp"

using namespace taut;
using namespace taut::test;

namespace {

/// The Python that has all of `modules`; none, and a message, where there is none.
std::string python_with(const std::string& modules) {
  const char* const named = std::getenv("TAUT_PYTHON");
  const std::string python = named == nullptr ? "python3" : named;
  if (std::system((python + " -c 'import " + modules + "' 2>/dev/null").c_str()) == 0) return python;
  MESSAGE("skipped: ", python, " lacks one of ", modules);
  return {};
}

template <class Net>
void check_round_trip(const std::string& python, const std::string& name) {
  CAPTURE(name);
  const TemporaryDirectory directory;
  const auto path = [&](const char* file) { return (directory / file).string(); };
  const Model<Net, float, Cpu<>, 1> model{seed(7), Cpu<>{1}};
  WeightsInfo info;
  info.class_names = {"a", "b"};
  info.image_height = info.image_width = 8;
  save_weights(path("before.safetensors"), model, info);
  const std::string script = std::string(TAUT_TESTS_FOLDER) + "/io/round_trip.py ";
  REQUIRE(std::system((python + " " + script + path("before.safetensors") + " " + path("torch.pth") + " " + path("after.safetensors")).c_str()) == 0);

  Model<Net, float, Cpu<>, 1> from_torch{seed(8), Cpu<>{1}}, from_safetensors{seed(9), Cpu<>{1}};
  load_torch_weights(path("torch.pth"), from_torch);
  import_weights(read_safetensors(path("after.safetensors")), from_safetensors);
  CHECK(std::ranges::equal(from_torch.parameters(), model.parameters()));
  CHECK(std::ranges::equal(from_torch.buffers(), model.buffers()));
  CHECK(std::ranges::equal(from_safetensors.parameters(), model.parameters()));
  CHECK(std::ranges::equal(from_safetensors.buffers(), model.buffers()));
}

}  // namespace

TEST_CASE("Taut to safetensors to PyTorch to .pth to Taut: bit for bit") {
  const std::string python = python_with("torch, safetensors");
  if (python.empty()) return;
  check_round_trip<Strided>(python, "strided");
  check_round_trip<Grouped>(python, "grouped");
  check_round_trip<Normalized>(python, "normalized");
  check_round_trip<Transposed>(python, "transposed");
  check_round_trip<Branching>(python, "branching");
  check_round_trip<EmotionNet>(python, "emotion");
}

TEST_CASE("PyTorch's logits for real faces: TAUT_REFERENCE names the checkpoint's folder, TAUT_FACES the pictures'") {
  const char *const reference = std::getenv("TAUT_REFERENCE"), *const faces = std::getenv("TAUT_FACES");
  if (reference == nullptr || faces == nullptr) {
    MESSAGE("skipped: TAUT_REFERENCE or TAUT_FACES is not set");
    return;
  }
  const std::string python = python_with("PIL");  // its decoder is the one that the logits were made with
  if (python.empty()) return;
  const std::filesystem::path table = std::filesystem::path(reference) / "emotion_logits.csv";
  const TemporaryDirectory directory;
  const std::string raw = (directory / "pixels").string();
  REQUIRE(std::system((python + " " + TAUT_TESTS_FOLDER + "/io/decode_pictures.py " + table.string() + " " +
                       (std::filesystem::path(faces) / "emotion").string() + " " + raw)
                          .c_str()) == 0);
  const std::vector<std::byte> pixels = read_file(raw);

  Model<EmotionNet, float, Cpu<>, 1> model{seed(1), Cpu<>{1}};
  load_torch_weights(std::filesystem::path(reference) / "emotion_pytorch.pth", model);
  const Preparation preparation(48, 48, {0.5F, 0.5F});
  std::ifstream lines(table);
  std::string line;
  std::getline(lines, line);  // the header
  index_t row = 0;
  double worst = 0;
  for (; std::getline(lines, line); ++row) {
    REQUIRE(pixels.size() >= (row + 1) * 48 * 48);
    Batch<float, EmotionNet::input_shape, 1> face(1);
    preparation.plain(reinterpret_cast<const std::uint8_t*>(pixels.data()) + row * 48 * 48, face.data());
    const auto logits = model.evaluate(face);
    std::istringstream cells(line);
    std::string cell;
    std::getline(cells, cell, ',');
    std::vector<double> expected;
    while (std::getline(cells, cell, ',')) expected.push_back(std::stod(cell));
    REQUIRE(expected.size() == 7);
    double largest = 1;
    for (const double logit : expected) largest = std::max(largest, std::abs(logit));
    for (index_t c = 0; c < 7; ++c) worst = std::max(worst, std::abs(static_cast<double>(logits.data[c]) - expected[c]) / largest);
  }
  CHECK(row == 24);
  CHECK(pixels.size() == row * 48 * 48);
  CHECK(worst <= 1e-5);
}
