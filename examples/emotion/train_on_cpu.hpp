/// train_on_cpu: trainings on the CPU. Declared here and compiled in a file each.
#pragma once

#include "emotion/classifier.hpp"
#include "emotion/large_classifier.hpp"
#include "emotion/train_with.hpp"
#include "taut/data/loader.hpp"

namespace emotion {

/// The training's pictures and their classes.
template <class Model>
taut::Loader loader_of(const Parts<Model>& parts) {
  const Recipe& recipe = parts.recipe;
  return {parts.source.splits.train, {.batch = recipe.batch, .seed = parts.options.seed}, recipe.normalization, recipe.augmentation};
}

/// The seed recipe.
int train_with_labels(Parts<Classifier>& parts);

/// The best recipe.
int train_with_probabilities(Parts<Classifier>& parts);

/// The same, for the teacher.
int train_with_probabilities(Parts<LargeClassifier>& parts);

}  // namespace emotion
