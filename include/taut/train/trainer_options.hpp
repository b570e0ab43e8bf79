/// TrainerOptions: for how long a Trainer trains, what it keeps, and what it says meanwhile.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "taut/core/shape.hpp"
#include "taut/train/early_stopping.hpp"

namespace taut {

struct TrainerOptions {
  index_t epochs = 75;
  std::optional<EarlyStoppingOptions> early_stop{};  ///< without it all epochs are run; the best one's weights are kept either way
  double max_grad_norm = 0;                          ///< gradients are clipped to this norm; 0: not at all
  double ema_decay = 0;                              ///< a WeightAverage is validated and kept instead of the weights; 0: no average
  std::ostream* out = nullptr;                       ///< where a line an epoch and the progress go
  bool terminal = false;                             ///< whether `out` is a terminal: see output_is_terminal()
  bool catch_interrupt = true;                       ///< Ctrl-C ends the step and the training, not the program
  /// What a resumed run must share with this one: a checkpoint made with other values is refused.
  std::vector<std::pair<std::string, std::string>> settings{};
};

}  // namespace taut
