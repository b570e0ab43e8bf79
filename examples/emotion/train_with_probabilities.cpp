/// train_with_probabilities: the best recipe's training of the emotion network on the CPU.
#include "emotion/train_on_cpu.hpp"

namespace emotion {

int train_with_probabilities(Parts<Classifier>& parts) {
  taut::Loader loader = loader_of(parts);
  return train_with_probabilities(loader, parts);
}

}  // namespace emotion
