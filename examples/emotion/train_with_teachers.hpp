/// train_with_teachers: the best recipe's training, whatever the network. Included by the networks' files alone.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "emotion/load_classifier.hpp"
#include "emotion/train_with.hpp"

namespace emotion {

/// Adds what one teacher says, whichever network it is.
template <class Teacher>
void add_teacher(taut::SoftTargets<classes>& targets, const std::string& file, const taut::ImageDataset& faces, unsigned threads) {
  Teacher teacher{taut::seed(0), taut::Cpu<>{threads}};
  const taut::WeightsInfo info = load_classifier(file, teacher);
  targets.add_teacher(teacher, faces, {info.mean, info.std});
}

/// What the pictures' classes should be taken for: mixed with the teachers' opinion, where there are any.
template <class Model>
std::vector<std::array<float, classes>> soft_targets(const Parts<Model>& parts) {
  const taut::ImageDataset& faces = parts.source.splits.train;
  taut::SoftTargets<classes> targets(faces);
  for (const std::string& file : parts.options.teachers) {
    if (holds_large_network(file)) {
      add_teacher<LargeClassifier>(targets, file, faces, parts.options.threads);
    } else {
      add_teacher<Classifier>(targets, file, faces, parts.options.threads);
    }
  }
  return targets.mixed_with_labels(faces, parts.options.teachers.empty() ? 1 : parts.recipe.label_share);
}

template <class Model>
int train_with_teachers(Parts<Model>& parts) {
  const Recipe& recipe = parts.recipe;
  const taut::ImageDataset& faces = parts.source.splits.train;
  const std::vector<std::array<float, classes>> targets = soft_targets(parts);
  const taut::Preparation preparation(faces.height(), faces.width(), recipe.normalization, recipe.augmentation);
  taut::SampleLoader<float> loader(faces.size(), faces.pixels(), {.batch = recipe.batch, .seed = parts.options.seed},
                                   [&](taut::index_t i, std::span<float> pixels, taut::RandomKey key) {
                                     preparation.augmented(faces.image(i).data(), key, pixels.data());
                                     return targets[i];
                                   });
  taut::SoftCrossEntropy<classes> loss;
  if (parts.options.teachers.empty()) loss.label_smoothing = recipe.label_smoothing;  // a teacher's probabilities are smooth
  taut::Sgd sgd{parts.classifier, {.lr = recipe.lr, .momentum = 0.9, .weight_decay = recipe.weight_decay, .nesterov = true}};
  return train_with(sgd, loss, loader, parts);
}

}  // namespace emotion
