/// CosineRate: a linear warm-up, then half a cosine down to eta_min (PyTorch's LinearLR, then CosineAnnealingLR), moving with every step.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "taut/train/schedule.hpp"

namespace taut {

struct CosineRateOptions {
  double epochs = 75;         ///< the whole run, warm-up included
  double warmup_epochs = 0;
  double start_factor = 0.1;  ///< the first step's share of lr, where there is a warm-up
  double eta_min = 0;         ///< the rate at the end
};

class CosineRate final : public Schedule {
 public:
  explicit CosineRate(double lr, CosineRateOptions options = {}) : lr_(lr), options_(options) {
    if (!(options.epochs > 0)) fail("CosineRate: expected epochs > 0, found ", options.epochs);
    if (!(options.warmup_epochs >= 0 && options.warmup_epochs < options.epochs)) {
      fail("CosineRate: expected 0 <= warmup_epochs < epochs (", options.epochs, "), found ", options.warmup_epochs);
    }
    if (!(options.start_factor >= 0 && options.start_factor <= 1)) {
      fail("CosineRate: expected start_factor in [0, 1], found ", options.start_factor);
    }
    if (!(options.eta_min >= 0 && options.eta_min <= lr)) {
      fail("CosineRate: expected 0 <= eta_min <= lr (", lr, "), found ", options.eta_min);
    }
  }

  double rate(double epochs) const override {
    if (epochs < options_.warmup_epochs) {
      return lr_ * (options_.start_factor + (1 - options_.start_factor) * epochs / options_.warmup_epochs);
    }
    const double way = std::min(1.0, (epochs - options_.warmup_epochs) / (options_.epochs - options_.warmup_epochs));
    return options_.eta_min + (lr_ - options_.eta_min) * (1 + std::cos(std::numbers::pi * way)) / 2;
  }

 private:
  double lr_;
  CosineRateOptions options_;
};

}  // namespace taut
