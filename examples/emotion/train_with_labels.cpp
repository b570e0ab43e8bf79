/// train_with_labels: the seed recipe's training.
#include <algorithm>

#include "emotion/train_with.hpp"

namespace emotion {

int train_with_labels(Parts<Classifier>& parts) {
  const Recipe& recipe = parts.recipe;
  if (!parts.options.teachers.empty()) taut::fail("--teacher: expected the recipe best, whose targets are probabilities, but found seed");
  const taut::ImageDataset& faces = parts.source.splits.train;
  std::ranges::copy(taut::inverse_frequency_weights(faces.class_counts()), parts.loss.class_weights.begin());
  taut::Loader loader(faces, {.batch = recipe.batch, .seed = parts.options.seed}, recipe.normalization, recipe.augmentation);
  taut::Adam adam{parts.classifier, {.lr = recipe.lr, .weight_decay = recipe.weight_decay}};
  return train_with(adam, parts.loss, loader, parts);
}

}  // namespace emotion
