/// ConstantRate: the same learning rate throughout.
#pragma once

#include "taut/train/schedule.hpp"

namespace taut {

class ConstantRate final : public Schedule {
 public:
  explicit ConstantRate(double lr) : lr_(lr) {
    if (!(lr >= 0)) fail("ConstantRate: expected lr >= 0, found ", lr);
  }

  double rate(double /*epochs*/) const override { return lr_; }

 private:
  double lr_;
};

}  // namespace taut
