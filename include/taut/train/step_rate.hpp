/// StepRate: the learning rate times gamma after every step_size epochs (PyTorch's StepLR).
#pragma once

#include <cmath>

#include "taut/core/shape.hpp"
#include "taut/train/schedule.hpp"

namespace taut {

struct StepRateOptions {
  index_t step_size = 30;  ///< epochs
  double gamma = 0.1;
};

class StepRate final : public Schedule {
 public:
  explicit StepRate(double lr, StepRateOptions options = {}) : lr_(lr), options_(options) {
    if (!(lr >= 0)) fail("StepRate: expected lr >= 0, found ", lr);
    if (options.step_size == 0) fail("StepRate: expected step_size >= 1, found 0");
    if (!(options.gamma >= 0)) fail("StepRate: expected gamma >= 0, found ", options.gamma);
  }

  double rate(double epochs) const override {
    return lr_ * std::pow(options_.gamma, std::floor(epochs / static_cast<double>(options_.step_size)));
  }

 private:
  double lr_;
  StepRateOptions options_;
};

}  // namespace taut
