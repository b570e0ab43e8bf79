/// TrainingResult: how a training ended.
#pragma once

#include <string>

#include "taut/core/shape.hpp"

namespace taut {

struct TrainingResult {
  bool interrupted = false;
  std::string reason;  ///< a sentence without its full stop
  index_t epochs = 0;  ///< finished ones, those before a resume included
  index_t best_epoch = 0;
  double best_accuracy = 0;  ///< of the validation, as a fraction of 1; not a number where the loss knows no classes …
  double best_loss = 0;      ///< … for then this is what made an epoch the best, and elsewhere this isn't one
};

}  // namespace taut
