/// train_on_cpu: trainings on the CPU. Declared here and compiled in a file each.
#pragma once

#include "emotion/classifier.hpp"
#include "emotion/large_classifier.hpp"
#include "emotion/train_with.hpp"

namespace emotion {

/// The seed recipe.
int train_with_labels(Parts<Classifier>& parts);

/// The best recipe.
int train_with_probabilities(Parts<Classifier>& parts);

/// The same, for the teacher.
int train_with_probabilities(Parts<LargeClassifier>& parts);

}  // namespace emotion
