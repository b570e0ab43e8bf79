/// The code of docs/04_layers.md, and that its table names every layer.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "taut/nn.hpp"
#include "taut/nn/summary.hpp"

namespace {

using namespace taut;

// A residual network: blocks that keep the shape, and blocks that halve the image.
template <index_t Channels>
using Keep = Block<Residual<Conv2d<Channels, 3, Padding{1}, NoBias{}>, BatchNorm2d, ReLU,
                            Conv2d<Channels, 3, Padding{1}, NoBias{}>, BatchNorm2d>, ReLU>;
template <index_t Channels>
using Halve = Block<Residual<Shortcut<Conv2d<Channels, 1, Stride{2}, NoBias{}>, BatchNorm2d>,
                             Conv2d<Channels, 3, Stride{2}, Padding{1}, NoBias{}>, BatchNorm2d, ReLU,
                             Conv2d<Channels, 3, Padding{1}, NoBias{}>, BatchNorm2d>, ReLU>;

using ResNet = Sequential<Shape{3, 32, 32}, Conv2d<16, 3, Padding{1}, NoBias{}>, BatchNorm2d, ReLU,         // 16x32x32
                          Keep<16>, Halve<32>, Keep<32>, Halve<64>, Keep<64>,                               // 64x8x8
                          GlobalAvgPool2d, Flatten, Linear<10>>;                                            // 10

static_assert(ResNet::output_shape == Shape{10});
static_assert(ResNet::parameter_count == 170'586);

// An inception block: four ways of looking at the same pixels, their channels one behind the other.
template <index_t Channels>
using Looks = Parallel<Conv2d<Channels, 1>,
                       Block<Conv2d<Channels / 2, 1>, ReLU, Conv2d<Channels, 3, Padding{1}>>,
                       Block<Conv2d<Channels / 4, 1>, ReLU, Conv2d<Channels / 2, 5, Padding{2}>>,
                       Block<MaxPool2d<3, Stride{1}, Padding{1}>, Conv2d<Channels / 2, 1>>>;

using Inception = Sequential<Shape{3, 32, 32}, Conv2d<16, 3, Padding{1}>, ReLU, MaxPool2d<2>,              // 16x16x16
                             Looks<16>, ReLU, MaxPool2d<2>,                                                // 48x8x8
                             Looks<32>, ReLU, GlobalAvgPool2d, Flatten, Linear<10>>;                       // 10

static_assert(Inception::output_shape == Shape{10});
static_assert(Sequential<Shape{16, 16, 16}, Looks<16>>::output_shape == Shape{48, 16, 16});  // 16 + 16 + 8 + 8

const std::filesystem::path root = std::filesystem::path(TAUT_TESTS_FOLDER).parent_path();

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), path.string());
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The names in the first lines of the headers that nn.hpp includes: "/// Softmax and LogSoftmax: …".
std::vector<std::string> names_of_layers() {
  std::vector<std::string> names;
  std::istringstream includes(text_of(root / "include/taut/nn.hpp"));
  for (std::string line; std::getline(includes, line);) {
    const std::string before = "#include \"";
    if (!line.starts_with(before)) continue;
    const std::string header = line.substr(before.size(), line.size() - before.size() - 1);
    const std::string first = text_of(root / "include" / header);
    std::istringstream words(first.substr(4, first.find(':') - 4));
    for (std::string word; words >> word;) {
      if (word != "and" && word != "Sequential") names.push_back(word);
    }
  }
  return names;
}

}  // namespace

TEST_CASE("docs/04_layers.md: the table has a row for every layer") {
  const std::string page = text_of(root / "docs/04_layers.md");
  const std::vector<std::string> names = names_of_layers();
  CHECK(names.size() > 25);
  for (const std::string& name : names) {
    bool found = false;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
      const std::string cell = line.starts_with("| ") ? line.substr(0, line.find(" | ")) : "";
      for (const char* const after : {"`", "<"}) found = found || cell.find("`" + name + after) != std::string::npos;
    }
    CHECK_MESSAGE(found, name << " begins no row of a table in docs/04_layers.md");
  }
}

TEST_CASE("docs/04_layers.md: names of layers in branches") {
  const std::string table = summary<ResNet>();
  for (const char* const row : {"\n3 ", "\n3.main.0 ", "\n3.main.4 ", "\n5.shortcut.1 ", "\n15 "}) {
    CHECK_MESSAGE(table.find(row) != std::string::npos, row);
  }
  const std::string page = text_of(root / "docs/04_layers.md");
  std::istringstream lines(summary<Sequential<Shape{16, 8, 8}, Keep<16>>>());
  for (std::string line; std::getline(lines, line) && !line.empty();) CHECK_MESSAGE(page.find(line) != std::string::npos, line);
}
