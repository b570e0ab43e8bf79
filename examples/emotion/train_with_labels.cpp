/// train_with_labels: the seed recipe's training on the CPU.
#include "emotion/train_on_cpu.hpp"
#include "taut/data/loader.hpp"

namespace emotion {

int train_with_labels(Parts<Classifier>& parts) {
  const Recipe& recipe = parts.recipe;
  taut::Loader loader(parts.source.splits.train, {.batch = recipe.batch, .seed = parts.options.seed}, recipe.normalization,
                      recipe.augmentation);
  return train_with_labels(loader, parts);
}

}  // namespace emotion
