/// train: from pictures to weights, a log and a report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taut/core/shape.hpp"

namespace emotion {

struct TrainOptions {
  std::string data = "synthetic", out, recipe = "seed", network = "emotion", exclude;
  std::string device = "auto";  ///< or cpu or cuda
  std::vector<std::string> teachers{};  ///< weights files
  std::optional<taut::index_t> epochs{}, batch{};  ///< the recipe's where there is none
  std::optional<double> lr{};                      ///< likewise
  double val_fraction = 0.1;
  std::uint64_t seed = 42;
  unsigned threads = 2;
  bool resume = false, early_stop = false, tensorboard = false;
  bool without_test = false;  ///< the test pictures stay unseen, for a run among which one is chosen
};

/// Returns the exit code: 0, or 130 where Ctrl-C ended the training early.
int train(const TrainOptions& options);

}  // namespace emotion
