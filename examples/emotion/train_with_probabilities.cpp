/// train_with_probabilities: the best recipe's training of the emotion network on the CPU.
#include "emotion/train_with_teachers.hpp"

namespace emotion {

int train_with_probabilities(Parts<Classifier>& parts) { return train_with_teachers(parts); }

}  // namespace emotion
