/// ReduceLROnPlateau: the learning rate times factor where the validation loss has stopped falling; PyTorch's, mode min, relative.
#pragma once

#include <algorithm>
#include <limits>

#include "taut/core/shape.hpp"
#include "taut/train/schedule.hpp"

namespace taut {

struct ReduceLROnPlateauOptions {
  double factor = 0.1;
  index_t patience = 10;    ///< bad epochs that are put up with; the next one reduces
  double threshold = 1e-4;  ///< an epoch is good if its loss is below best · (1 − threshold)
  index_t cooldown = 0;     ///< epochs after a reduction in which bad ones don't count
  double min_lr = 0;
  double eps = 1e-8;        ///< a smaller change of the rate is not made
};

class ReduceLROnPlateau final : public Schedule {
 public:
  explicit ReduceLROnPlateau(double lr, ReduceLROnPlateauOptions options = {}) : options_(options), lr_(lr) {
    if (!(lr >= 0)) fail("ReduceLROnPlateau: expected lr >= 0, found ", lr);
    if (!(options.factor > 0 && options.factor < 1)) fail("ReduceLROnPlateau: expected factor in (0, 1), found ", options.factor);
  }

  double rate(double /*epochs*/) const override { return lr_; }

  void end_epoch(double validation_loss) override {
    if (validation_loss < best_ * (1 - options_.threshold)) {
      best_ = validation_loss;
      bad_epochs_ = 0;
    } else {
      ++bad_epochs_;
    }
    if (cooling_ > 0) {
      --cooling_;
      bad_epochs_ = 0;
    }
    if (bad_epochs_ > options_.patience) {
      const double reduced = std::max(lr_ * options_.factor, options_.min_lr);
      if (lr_ - reduced > options_.eps) lr_ = reduced;
      cooling_ = options_.cooldown;
      bad_epochs_ = 0;
    }
  }

  void save(State& state) const override {
    state.set("schedule.lr", lr_);
    state.set("schedule.best", best_);
    state.set("schedule.bad_epochs", static_cast<double>(bad_epochs_));
    state.set("schedule.cooling", static_cast<double>(cooling_));
  }

  void restore(const State& state) override {
    lr_ = state.at("schedule.lr");
    best_ = state.at("schedule.best");
    bad_epochs_ = state.count("schedule.bad_epochs");
    cooling_ = state.count("schedule.cooling");
  }

 private:
  ReduceLROnPlateauOptions options_;
  double lr_;
  double best_ = std::numeric_limits<double>::infinity();
  index_t bad_epochs_ = 0;
  index_t cooling_ = 0;
};

}  // namespace taut
