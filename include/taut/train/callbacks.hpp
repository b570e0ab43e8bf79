/// Callbacks: what a trainer tells whoever wants to know.
#pragma once

#include <functional>

#include "taut/train/epoch_record.hpp"
#include "taut/train/training_state.hpp"

namespace taut {

/// A step that was just made.
struct BatchEvent {
  index_t epoch = 0, epochs = 0;   ///< counts from 1, of how many
  index_t batch = 0, batches = 0;  ///< likewise
  index_t rows = 0;
  double loss = 0;                 ///< the batch's weighted mean
  double learning_rate = 0;
};

/// Each may be empty. They run between steps, on the thread that trains; what they throw ends the training.
template <class T>
struct TrainerCallbacks {
  std::function<void(const BatchEvent&)> on_batch{};
  /// After validation, with the epoch's weights still in the model: the place to save them if they are the best so far.
  std::function<void(const EpochRecord&, bool is_best)> on_epoch_end{};
  /// After every epoch, and where the training was interrupted. After on_epoch_end, so that a log is never behind its checkpoint.
  std::function<void(const TrainingState<T>&)> on_checkpoint{};
};

}  // namespace taut
