/// load_teachers: whom the best recipe learns from.
#include "emotion/load_teachers.hpp"

#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "emotion/class_names.hpp"
#include "emotion/load_classifier.hpp"

namespace emotion {

namespace {

constexpr taut::index_t classes = EmotionNet::output_shape.size();

/// Adds one teacher, whichever network it is, and returns what its file says.
template <class Teacher>
taut::WeightsInfo add_teacher(taut::Teachers<classes>& teachers, const std::string& file, unsigned threads) {
  auto teacher = std::make_shared<Teacher>(taut::seed(0), taut::Cpu<>{threads});
  const taut::WeightsInfo info = load_classifier(file, *teacher);
  teachers.add(std::move(teacher), {info.mean, info.std});
  return info;
}

}  // namespace

taut::Teachers<classes> load_teachers(const TrainOptions& options, const taut::DataSource& source) {
  taut::Teachers<classes> teachers;
  for (const std::string& file : options.teachers) {
    const taut::WeightsInfo info = holds_large_network(file) ? add_teacher<LargeClassifier>(teachers, file, options.threads)
                                                             : add_teacher<Classifier>(teachers, file, options.threads);
    check_same_classes(options.data, source.splits.train.class_names(), file, info);
    if (info.split_checksum != source.checksum) {
      std::cerr << "note: " << file << " wasn't trained on these pictures, divided like this; it may know some of those that validate\n";
    }
  }
  return teachers;
}

}  // namespace emotion
