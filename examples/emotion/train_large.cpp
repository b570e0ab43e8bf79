/// train_large: the best recipe's training of the teacher on the CPU.
#include "emotion/train_on_cpu.hpp"

namespace emotion {

int train_with_probabilities(Parts<LargeClassifier>& parts) {
  taut::Loader loader = loader_of(parts);
  return train_with_probabilities(loader, parts);
}

}  // namespace emotion
