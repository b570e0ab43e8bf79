/// EpochRecord: what is known of one epoch when it is over.
#pragma once

#include "taut/core/shape.hpp"

namespace taut {

struct EpochRecord {
  index_t epoch = 0;               ///< counts from 1
  double train_loss = 0;
  double train_accuracy = 0;       ///< accuracies are fractions of 1; not a number where the loss knows no classes
  double validation_loss = 0;
  double validation_accuracy = 0;
  double learning_rate = 0;        ///< of the epoch's last step
  double seconds = 0;              ///< training and validation
  double images_per_second = 0;    ///< training alone
};

}  // namespace taut
