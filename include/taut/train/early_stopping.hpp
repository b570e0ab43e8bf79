/// EarlyStopping: remembers the best epoch, and says when waiting for a better one has become pointless.
#pragma once

#include <string>

#include "taut/core/shape.hpp"
#include "taut/train/format.hpp"
#include "taut/train/state.hpp"

namespace taut {

struct EarlyStoppingOptions {
  index_t patience = 15;  ///< epochs without a better validation accuracy
  double fall = 10;       ///< points of accuracy that an epoch may lie below the best
};

/// Fed with the validation accuracy of every epoch. The best is the highest; of equals, the earliest.
class EarlyStopping {
 public:
  explicit EarlyStopping(EarlyStoppingOptions options = {}) : options_(options) {
    if (options.patience == 0) fail("EarlyStopping: expected patience >= 1, found 0");
    if (!(options.fall >= 0)) fail("EarlyStopping: expected fall >= 0 points, found ", options.fall);
  }

  /// `accuracy` is a fraction of 1. True if this epoch (counted from 1) is the best so far.
  bool end_epoch(index_t epoch, double accuracy) {
    epoch_ = epoch;
    accuracy_ = accuracy;
    if (best_epoch_ != 0 && !(accuracy > best_accuracy_)) return false;
    best_epoch_ = epoch;
    best_accuracy_ = accuracy;
    return true;
  }

  /// 0 before the first epoch.
  index_t best_epoch() const { return best_epoch_; }
  double best_accuracy() const { return best_accuracy_; }

  bool should_stop() const { return has_fallen() || is_on_plateau(); }

  /// Why training should stop, as a sentence without its full stop; empty where it should go on.
  std::string reason() const {
    const std::string best = percent_text(best_accuracy_) + " in epoch " + std::to_string(best_epoch_);
    if (has_fallen()) {
      return "validation accuracy fell to " + percent_text(accuracy_) + ", more than " + exact_text(options_.fall) +
             " points below its best, " + best;
    }
    if (is_on_plateau()) {
      return "validation accuracy has not improved for " + std::to_string(epoch_ - best_epoch_) + " epochs; its best was " + best;
    }
    return {};
  }

  void save(State& state) const {
    state.set("early_stopping.epoch", static_cast<double>(epoch_));
    state.set("early_stopping.accuracy", accuracy_);
    state.set("early_stopping.best_epoch", static_cast<double>(best_epoch_));
    state.set("early_stopping.best_accuracy", best_accuracy_);
  }

  void restore(const State& state) {
    epoch_ = static_cast<index_t>(state.at("early_stopping.epoch"));
    accuracy_ = state.at("early_stopping.accuracy");
    best_epoch_ = static_cast<index_t>(state.at("early_stopping.best_epoch"));
    best_accuracy_ = state.at("early_stopping.best_accuracy");
  }

 private:
  // Accuracies are quotients of counts: a fall of exactly `fall` points must not exceed it by a rounding error.
  static constexpr double rounding = 1e-9;

  bool has_fallen() const { return best_epoch_ != 0 && 100 * (best_accuracy_ - accuracy_) > options_.fall + rounding; }
  bool is_on_plateau() const { return best_epoch_ != 0 && epoch_ - best_epoch_ >= options_.patience; }

  EarlyStoppingOptions options_;
  index_t epoch_ = 0;
  double accuracy_ = 0;
  index_t best_epoch_ = 0;
  double best_accuracy_ = 0;
};

}  // namespace taut
