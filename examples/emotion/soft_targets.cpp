/// soft_targets: what the best recipe takes a picture's class for.
#include "emotion/soft_targets.hpp"

#include <string>

#include "emotion/load_classifier.hpp"
#include "taut/train/soft_targets.hpp"

namespace emotion {

namespace {

constexpr taut::index_t classes = EmotionNet::output_shape.size();

/// Adds what one teacher says, whichever network it is.
template <class Teacher>
void add_teacher(taut::SoftTargets<classes>& targets, const std::string& file, const taut::ImageDataset& faces, unsigned threads) {
  Teacher teacher{taut::seed(0), taut::Cpu<>{threads}};
  const taut::WeightsInfo info = load_classifier(file, teacher);
  targets.add_teacher(teacher, faces, {info.mean, info.std});
}

}  // namespace

std::vector<std::array<float, classes>> soft_targets(const TrainOptions& options, const Recipe& recipe, const taut::ImageDataset& faces) {
  taut::SoftTargets<classes> targets(faces);
  for (const std::string& file : options.teachers) {
    if (holds_large_network(file)) {
      add_teacher<LargeClassifier>(targets, file, faces, options.threads);
    } else {
      add_teacher<Classifier>(targets, file, faces, options.threads);
    }
  }
  return targets.mixed_with_labels(faces, options.teachers.empty() ? 1 : recipe.label_share);
}

}  // namespace emotion
