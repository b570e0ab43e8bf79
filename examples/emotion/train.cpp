/// train: from pictures to weights, a log and a report.
#include "emotion/train.hpp"

#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "emotion/class_names.hpp"
#include "emotion/on_cuda.hpp"
#include "emotion/open_faces.hpp"
#include "emotion/train_on_cpu.hpp"
#include "taut/core/error.hpp"

namespace emotion {

namespace {

template <class Model>
Model model_for(const TrainOptions& options) {
  return Model{taut::seed(options.seed), taut::Cpu<>{options.threads}};
}

}  // namespace

int train(const TrainOptions& given) {
  TrainOptions options = given;
  if (options.network == "large" && options.recipe != "best") {
    taut::fail("--network large: expected --recipe best, which alone trains it, but found ", options.recipe);
  }
  options.device = uses_cuda(options.device) ? "cuda" : "cpu";
  RunFiles files = open_run(options);
  const Recipe recipe = recipe_of(options);
  taut::DataSource source = open_faces(options.data, options.val_fraction, options.seed, excluded_pictures(options.exclude));
  const std::vector<std::string>& names = source.splits.train.class_names();
  if (names.size() != classes) {
    taut::fail(options.data, ": expected ", classes, " classes but found ", names.size(), ": ", taut::detail::quote(joined(names)));
  }
  std::cout << source.description << std::endl;

  if (options.device == "cuda") return train_on_cuda(options, std::move(files), recipe, std::move(source));
  if (options.network == "large") {
    Parts<LargeClassifier> parts{options, std::move(files), recipe, std::move(source), model_for<LargeClassifier>(options), {}};
    return train_with_probabilities(parts);
  }
  Parts<Classifier> parts{options, std::move(files), recipe, std::move(source), model_for<Classifier>(options), {}};
  return recipe.soft ? train_with_probabilities(parts) : train_with_labels(parts);
}

}  // namespace emotion
