/// The code, figures and picture of docs/06_memory.md.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "taut/core/shape.hpp"
#include "taut/nn.hpp"
#include "taut/nn/summary.hpp"

namespace {

using namespace taut;

template <index_t Channels>
using ConvBlock = Block<Conv2d<Channels, 3, Padding{1}>, BatchNorm2d, ReLU, MaxPool2d<2>>;
using EmotionNet = Sequential<Shape{1, 48, 48}, ConvBlock<32>, ConvBlock<64>, ConvBlock<128>, ConvBlock<256>, Flatten, Linear<512>, ReLU,
                              Dropout<50>, Linear<7>>;

constexpr const auto& memory = EmotionNet::memory<64>;              // up to 64 faces
static_assert(memory.parameters * sizeof(float) == 6'290'240);      // gradients and each of Adam's moments take as much again
static_assert(memory.training * sizeof(float) == 47'185'920);       // activations and their gradients: 45 MiB
static_assert(memory.inference * sizeof(float) == 23'592'960);      // activations alone: 22.5 MiB

constexpr index_t steps = EmotionNet::plan.step_count;
constexpr auto lifetimes = detail::training_lifetimes<steps>(EmotionNet::plan, 64);

/// All buffers of training one behind the other.
constexpr index_t unpacked = [] {
  index_t elements = 0;
  for (const Lifetime& each : lifetimes) elements += each.size;
  return elements;
}();
static_assert(unpacked * sizeof(float) == 89'001'472);  // 84.9 MiB

const std::filesystem::path root = std::filesystem::path(TAUT_TESTS_FOLDER).parent_path();

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Each buffer of the emotion network's training as a rectangle: moments to the right, the block upwards.
std::string picture() {
  constexpr double left = 60, top = 64, moment = 34, height = 340, width = moment * (2 * steps + 1);
  const double scale = height / static_cast<double>(memory.training);
  std::ostringstream svg;
  svg << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 470\" width=\"860\" height=\"470\" role=\"img\">\n"
      << "<title>The memory plan of the emotion network's training at batch 64</title>\n"
      << "<style>text{font:12px system-ui,sans-serif;fill:#808891}.in{fill:#fff;text-anchor:middle}.head{font-size:16px;font-weight:600}"
         ".end{text-anchor:end}.middle{text-anchor:middle}.activation{fill:#2f6fdb}.gradient{fill:#c2570c}rect{stroke:#808891}</style>\n"
      << "<text x=\"0\" y=\"18\" class=\"head\">One training pass of the emotion network at batch 64: which buffer lies where, and when"
      << "</text>\n"
      << "<rect x=\"60\" y=\"32\" width=\"12\" height=\"12\" class=\"activation\"/><text x=\"78\" y=\"42\">a step's activation</text>\n"
      << "<rect x=\"220\" y=\"32\" width=\"12\" height=\"12\" class=\"gradient\"/><text x=\"238\" y=\"42\">the gradient of it</text>\n";
  for (index_t mebibytes = 0; mebibytes <= 45; mebibytes += 15) {
    const double y = top + height - static_cast<double>(mebibytes << 18U) * scale;
    svg << "<text x=\"52\" y=\"" << y + 4 << "\" class=\"end\">" << mebibytes << " MiB</text>"
        << "<line x1=\"56\" y1=\"" << y << "\" x2=\"" << left + width << "\" y2=\"" << y
        << "\" stroke=\"#808891\" stroke-dasharray=\"2 4\"/>\n";
  }
  for (index_t i = 0; i < 2 * steps; ++i) {
    const Lifetime& buffer = lifetimes[i];
    const bool gradient = i >= steps;
    const index_t offset = gradient ? memory.gradient_offset[i - steps] : memory.activation_offset[i];
    const double x = left + moment * static_cast<double>(buffer.born), tall = static_cast<double>(buffer.size) * scale;
    const double y = top + height - static_cast<double>(offset + buffer.size) * scale;
    const double wide = moment * static_cast<double>(buffer.dies - buffer.born + 1);
    svg << "<rect x=\"" << x << "\" y=\"" << y << "\" width=\"" << wide << "\" height=\"" << tall << "\" class=\""
        << (gradient ? "gradient" : "activation") << "\"/>";
    if (tall > 12) svg << "<text x=\"" << x + wide / 2 << "\" y=\"" << y + tall / 2 + 4 << "\" class=\"in\">" << i % steps + 1 << "</text>";
    svg << "\n";
  }
  for (index_t m = 0; m <= 2 * steps; ++m) {
    svg << "<text x=\"" << left + moment * (static_cast<double>(m) + 0.5) << "\" y=\"" << top + height + 18 << "\" class=\"middle\">";
    if (m == steps) {
      svg << "loss";
    } else {
      svg << (m < steps ? m + 1 : 2 * steps - m + 1);
    }
    svg << "</text>";
  }
  svg << "\n<text x=\"" << left + moment * steps / 2 << "\" y=\"" << top + height + 38 << "\" class=\"middle\">forward, step by step</text>"
      << "<text x=\"" << left + moment * (1.5 * steps + 1) << "\" y=\"" << top + height + 38
      << "\" class=\"middle\">backward</text>\n</svg>\n";
  return svg.str();
}

}  // namespace

TEST_CASE("docs/06_memory.md: the picture is the plan's; TAUT_UPDATE_DOCS=1 draws it anew") {
  const std::filesystem::path path = root / "docs/memory_plan.svg";
  if (std::getenv("TAUT_UPDATE_DOCS") != nullptr) std::ofstream(path) << picture();
  CHECK_MESSAGE(text_of(path) == picture(), path.string() << " isn't what the plan says");
}

TEST_CASE("docs/06_memory.md: the summary's lines") {
  const std::string page = text_of(root / "docs/06_memory.md");
  for (const std::string& text : {memory_summary<EmotionNet, 64>(), memory_summary<EmotionNet, 1>()}) {
    CHECK_MESSAGE(page.find(text) != std::string::npos, text);
  }
}
