/// The emotion program's command line, a line an argument: whatever is accepted makes sense, and nothing is done.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "emotion/command_line.hpp"
#include "emotion/recipe.hpp"

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

void check(const emotion::TrainOptions& options) {
  const emotion::Recipe recipe = emotion::recipe_of(options);
  expect(recipe.epochs >= 1 && recipe.epochs <= 100000 && recipe.batch >= 1 && recipe.batch <= 256);
  expect(std::isfinite(recipe.lr) && recipe.lr > 0);
  expect(options.val_fraction >= 0 && options.val_fraction <= 0.99);
  expect(options.threads >= 1 && options.threads <= 256);
  expect(options.network == "emotion" || options.network == "large");
}

void check(const emotion::ImportOptions& options) {
  expect(std::isfinite(options.mean) && std::isfinite(options.std) && options.std > 0);
}

const emotion::Commands commands{
    .train = [](const emotion::TrainOptions& options) { check(options); },
    .evaluate = [](const emotion::EvaluateOptions& options) { expect(options.threads >= 1 && options.threads <= 256); },
    .predict = [](const emotion::PredictOptions& options) { expect(options.crop.empty() || options.crop.size() == 4); },
    .find_duplicates = [](const emotion::DuplicateOptions&) {},
    .import_checkpoint = [](const emotion::ImportOptions& options) { check(options); },
    .export_network = [](const emotion::ExportOptions&) {},
    .summary = [] {},
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> arguments;
  std::istringstream lines(std::string(reinterpret_cast<const char*>(data), size));
  for (std::string line; std::getline(lines, line);) arguments.push_back(line);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  CLI::App app;
  emotion::add_commands(app, commands);
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, errors;
    expect(app.exit(error, out, errors) == 0 || !errors.str().empty());
  }
  return 0;
}
