/// Class weights: what makes rare classes count as much as frequent ones, up to a bound.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut {

/// 1 / count of each class, none above `bound` times the median: a handful of pictures must not steer the training.
/// A class without samples gets the bound; the median is that of the classes that have some.
inline std::vector<double> inverse_frequency_weights(std::span<const index_t> counts, double bound = 6) {
  if (!(bound >= 1)) fail("inverse_frequency_weights: expected a bound of at least 1 times the median, found ", bound);
  std::vector<double> present;
  for (const index_t count : counts) {
    if (count != 0) present.push_back(1 / static_cast<double>(count));
  }
  if (present.empty()) fail("inverse_frequency_weights: expected at least one sample, found none in ", counts.size(), " classes");
  std::sort(present.begin(), present.end());
  const std::size_t half = present.size() / 2;
  const double median = present.size() % 2 != 0 ? present[half] : (present[half - 1] + present[half]) / 2;

  std::vector<double> weights;
  for (const index_t count : counts) {
    weights.push_back(count == 0 ? bound * median : std::min(1 / static_cast<double>(count), bound * median));
  }
  return weights;
}

}  // namespace taut
