/// train_with_labels: the seed recipe's training on the CPU.
#include "emotion/train_on_cpu.hpp"

namespace emotion {

int train_with_labels(Parts<Classifier>& parts) {
  taut::Loader loader = loader_of(parts);
  return train_with_labels(loader, parts);
}

}  // namespace emotion
