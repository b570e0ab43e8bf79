/// train_large: the best recipe's training of the teacher on the CPU.
#include "emotion/train_with_teachers.hpp"

namespace emotion {

int train_with_probabilities(Parts<LargeClassifier>& parts) { return train_with_teachers(parts); }

}  // namespace emotion
