/// EarlyStopping: remembers the best epoch, and says when waiting for a better one has become pointless.
#pragma once

#include <string>
#include <string_view>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"
#include "taut/train/format.hpp"
#include "taut/train/state.hpp"

namespace taut {

struct EarlyStoppingOptions {
  index_t patience = 15;  ///< epochs without a better validation
  double fall = 10;       ///< points of accuracy that an epoch may lie below the best; a loss may rise as it likes
};

/// What makes one epoch better than another: a higher validation accuracy or, where a loss knows no classes, a lower validation loss.
enum class Monitor { accuracy, loss };

/// Fed with the validation accuracy, or loss, of every epoch. Of equals the earliest is the best.
class EarlyStopping {
 public:
  explicit EarlyStopping(EarlyStoppingOptions options = {}, Monitor monitor = Monitor::accuracy) : options_(options), monitor_(monitor) {
    if (options.patience == 0) fail("EarlyStopping: expected patience >= 1, found 0");
    if (!(options.fall >= 0)) fail("EarlyStopping: expected fall >= 0 points, found ", options.fall);
  }

  /// An accuracy is a fraction of 1. True if this epoch (counted from 1) is the best so far.
  bool end_epoch(index_t epoch, double value) {
    epoch_ = epoch;
    value_ = value;
    const bool is_better = monitor_ == Monitor::accuracy ? value > best_ : value < best_;
    if (best_epoch_ != 0 && !is_better) return false;
    best_epoch_ = epoch;
    best_ = value;
    return true;
  }

  /// 0 before the first epoch.
  index_t best_epoch() const { return best_epoch_; }
  double best() const { return best_; }

  bool should_stop() const { return has_fallen() || is_on_plateau(); }

  /// Why training should stop, as a sentence without its full stop; empty where it should go on.
  std::string reason() const {
    const std::string best = text(best_) + " in epoch " + std::to_string(best_epoch_);
    if (has_fallen()) {
      return "validation accuracy fell to " + text(value_) + ", more than " + exact_text(options_.fall) +
             " points below its best, " + best;
    }
    if (is_on_plateau()) {
      return "validation " + std::string(name()) + " has not improved for " + std::to_string(epoch_ - best_epoch_) +
             " epochs; its best was " + best;
    }
    return {};
  }

  void save(State& state) const {
    state.set("early_stopping.epoch", static_cast<double>(epoch_));
    state.set("early_stopping." + std::string(name()), value_);
    state.set("early_stopping.best_epoch", static_cast<double>(best_epoch_));
    state.set("early_stopping.best_" + std::string(name()), best_);
  }

  void restore(const State& state) {
    epoch_ = state.count("early_stopping.epoch");
    value_ = state.at("early_stopping." + std::string(name()));
    best_epoch_ = state.count("early_stopping.best_epoch");
    best_ = state.at("early_stopping.best_" + std::string(name()));
  }

 private:
  // Accuracies are quotients of counts: a fall of exactly `fall` points must not exceed it by a rounding error.
  static constexpr double rounding = 1e-9;

  std::string_view name() const { return monitor_ == Monitor::accuracy ? "accuracy" : "loss"; }
  std::string text(double value) const { return monitor_ == Monitor::accuracy ? percent_text(value) : fixed_text(value, 4); }

  bool has_fallen() const {
    return monitor_ == Monitor::accuracy && best_epoch_ != 0 && 100 * (best_ - value_) > options_.fall + rounding;
  }
  bool is_on_plateau() const { return best_epoch_ != 0 && epoch_ - best_epoch_ >= options_.patience; }

  EarlyStoppingOptions options_;
  Monitor monitor_;
  index_t epoch_ = 0;
  double value_ = 0;
  index_t best_epoch_ = 0;
  double best_ = 0;
};

}  // namespace taut
