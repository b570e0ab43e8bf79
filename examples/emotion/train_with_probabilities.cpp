/// train_with_probabilities: the best recipe's training, from labels or from teachers.
#include <array>
#include <span>
#include <string>
#include <vector>

#include "emotion/load_classifier.hpp"
#include "emotion/train_with.hpp"

namespace emotion {

namespace {

/// What the pictures' classes should be taken for: mixed with the teachers' opinion, where there are any.
std::vector<std::array<float, classes>> soft_targets(const Parts& parts) {
  const taut::ImageDataset& faces = parts.source.splits.train;
  taut::SoftTargets<classes> targets(faces);
  for (const std::string& file : parts.options.teachers) {
    Classifier teacher{taut::seed(0), taut::Cpu<>{parts.options.threads}};
    const taut::WeightsInfo info = load_classifier(file, teacher);
    targets.add_teacher(teacher, faces, {info.mean, info.std});
  }
  return targets.mixed_with_labels(faces, parts.options.teachers.empty() ? 1 : parts.recipe.label_share);
}

}  // namespace

int train_with_probabilities(Parts& parts) {
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
