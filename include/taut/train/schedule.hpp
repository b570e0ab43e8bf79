/// Schedule: the learning rate over a run.
#pragma once

#include "taut/train/state.hpp"

namespace taut {

/// Asked for a rate before every step, told the validation loss after every epoch.
class Schedule {
 public:
  Schedule() = default;
  Schedule(const Schedule&) = default;
  Schedule& operator=(const Schedule&) = default;
  virtual ~Schedule() = default;

  /// The learning rate after `epochs` epochs: 0 before the first step, 1.5 in the middle of the second epoch.
  virtual double rate(double epochs) const = 0;

  virtual void end_epoch(double /*validation_loss*/) {}

  /// What a resumed run needs beyond the options; a function of the epoch alone needs nothing.
  virtual void save(State&) const {}
  virtual void restore(const State&) {}
};

}  // namespace taut
