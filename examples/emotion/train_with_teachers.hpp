/// train_with_teachers: the best recipe's training on the CPU, whatever the network. Included by the networks' files alone.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "emotion/soft_targets.hpp"
#include "emotion/train_on_cpu.hpp"
#include "taut/data/preparation.hpp"
#include "taut/data/sample_loader.hpp"

namespace emotion {

template <class Model>
int train_with_teachers(Parts<Model>& parts) {
  const Recipe& recipe = parts.recipe;
  const taut::ImageDataset& faces = parts.source.splits.train;
  const std::vector<std::array<float, classes>> targets = soft_targets(parts.options, recipe, faces);
  const taut::Preparation preparation(faces.height(), faces.width(), recipe.normalization, recipe.augmentation);
  taut::SampleLoader<float> loader(faces.size(), faces.pixels(), {.batch = recipe.batch, .seed = parts.options.seed},
                                   [&](taut::index_t i, std::span<float> pixels, taut::RandomKey key) {
                                     preparation.augmented(faces.image(i).data(), key, pixels.data());
                                     return targets[i];
                                   });
  return train_with_probabilities(loader, parts);
}

}  // namespace emotion
