/// CrossEntropy: the loss of a classifier with a static number of classes.
#pragma once

#include <array>

#include "taut/core/shape.hpp"

namespace taut {

/// As https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html with reduction='mean': the weighted losses' sum over the
/// sum of the rows' class weights.
template <index_t Classes>
struct CrossEntropy {
  static_assert(Classes > 0, "CrossEntropy has at least one class");
  static constexpr index_t classes = Classes;

  std::array<double, Classes> class_weights = [] {
    std::array<double, Classes> ones;
    ones.fill(1);
    return ones;
  }();
  double label_smoothing = 0;
};

}  // namespace taut
