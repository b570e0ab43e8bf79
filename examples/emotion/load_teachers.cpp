/// load_teachers: whom the best recipe learns from.
#include "emotion/load_teachers.hpp"

#include <memory>
#include <string>

#include "emotion/load_classifier.hpp"

namespace emotion {

namespace {

constexpr taut::index_t classes = EmotionNet::output_shape.size();

/// One teacher, whichever network it is.
template <class Teacher>
void add_teacher(taut::Teachers<classes>& teachers, const std::string& file, unsigned threads) {
  auto teacher = std::make_shared<Teacher>(taut::seed(0), taut::Cpu<>{threads});
  const taut::WeightsInfo info = load_classifier(file, *teacher);
  teachers.add(std::move(teacher), {info.mean, info.std});
}

}  // namespace

taut::Teachers<classes> load_teachers(const TrainOptions& options) {
  taut::Teachers<classes> teachers;
  for (const std::string& file : options.teachers) {
    if (holds_large_network(file)) {
      add_teacher<LargeClassifier>(teachers, file, options.threads);
    } else {
      add_teacher<Classifier>(teachers, file, options.threads);
    }
  }
  return teachers;
}

}  // namespace emotion
