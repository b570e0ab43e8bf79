/// OneCycleRate: up to max_lr, then down far below where it began, moving with every step (PyTorch's OneCycleLR).
#pragma once

#include <array>
#include <cmath>
#include <numbers>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"
#include "taut/train/schedule.hpp"

namespace taut {

/// How a rate gets from one value to another.
enum class Annealing { cosine, linear };

struct OneCycleRateOptions {
  double epochs = 75;           ///< the whole run
  index_t steps_per_epoch = 0;  ///< a loader's batches(); needed
  double pct_start = 0.3;       ///< the share of the steps in which the rate rises
  Annealing anneal_strategy = Annealing::cosine;
  double div_factor = 25;       ///< the first rate is max_lr / div_factor
  double final_div_factor = 1e4;  ///< the last rate is the first / final_div_factor
  bool three_phase = false;     ///< falls as long as it rose, back to the first rate, and then on to the last
};

/// As https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html, of total_steps = epochs · steps_per_epoch.
/// The optimizer's momentum stays as it is: PyTorch's with cycle_momentum=False.
class OneCycleRate final : public Schedule {
 public:
  explicit OneCycleRate(double max_lr, OneCycleRateOptions options) : options_(options) {
    if (!(max_lr >= 0)) fail("OneCycleRate: expected max_lr >= 0, found ", max_lr);
    if (!(options.epochs > 0)) fail("OneCycleRate: expected epochs > 0, found ", options.epochs);
    if (options.steps_per_epoch == 0) fail("OneCycleRate: expected steps_per_epoch >= 1, found 0");
    if (!(options.pct_start >= 0 && options.pct_start <= 1)) {
      fail("OneCycleRate: expected pct_start in [0, 1], found ", options.pct_start);
    }
    if (!(options.div_factor > 0)) fail("OneCycleRate: expected div_factor > 0, found ", options.div_factor);
    if (!(options.final_div_factor > 0)) fail("OneCycleRate: expected final_div_factor > 0, found ", options.final_div_factor);
    const double steps = options.epochs * static_cast<double>(options.steps_per_epoch), rise = options.pct_start * steps;
    const double first = max_lr / options.div_factor, last = first / options.final_div_factor;
    if (options.three_phase) {
      phases_ = {{{rise - 1, first, max_lr}, {2 * rise - 2, max_lr, first}, {steps - 1, first, last}}};
    } else {
      phases_ = {{{rise - 1, first, max_lr}, {steps - 1, max_lr, last}, {steps - 1, last, last}}};
    }
  }

  double rate(double epochs) const override {
    const double step = epochs * static_cast<double>(options_.steps_per_epoch);
    double begin = 0;
    for (const Phase& phase : phases_) {
      if (step <= phase.end) return annealed(phase, (step - begin) / (phase.end - begin));
      begin = phase.end;
    }
    return phases_.back().to;
  }

 private:
  /// A stretch of steps that ends with step number `end`.
  struct Phase {
    double end = 0, from = 0, to = 0;
  };

  double annealed(const Phase& phase, double way) const {
    if (!(way < 1)) return phase.to;  // a phase of a single step has no way to go
    if (options_.anneal_strategy == Annealing::linear) return phase.from + (phase.to - phase.from) * way;
    return phase.to + (phase.from - phase.to) * (1 + std::cos(std::numbers::pi * way)) / 2;
  }

  OneCycleRateOptions options_;
  std::array<Phase, 3> phases_;
};

}  // namespace taut
