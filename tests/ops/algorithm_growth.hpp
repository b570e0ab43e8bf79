/// Algorithm growth: how much more than summation an algorithm may lose, from its own constants.
#pragma once

#include "ops/op_table.hpp"

namespace ops {

/// Factors on the tolerance of a sum: of each element, and of a whole output in the 2-norm.
struct Growth {
  double element = 1, norm = 1;
};

/// A device whose convolutions aren't sums says so beside its tests.
template <class D, class T, taut::Conv2dGeometry g>
struct ConvolutionGrowth {
  static constexpr Growth forward{}, backward{};
};

}  // namespace ops
