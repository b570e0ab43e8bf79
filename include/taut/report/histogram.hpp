/// Histogram: how a tensor's values are distributed, in TensorBoard's buckets.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut {

struct Histogram {
  double min = 0, max = 0, count = 0, sum = 0, sum_of_squares = 0;
  std::vector<double> limits;  ///< the upper ends of the buckets, ascending; each bucket begins where the one before it ends
  std::vector<double> counts;
};

namespace detail {

/// From 10^-12 on each limit is a tenth above the one before, up to 10^20; the negative ones mirror them, and 0 lies between.
inline const std::vector<double>& histogram_limits() {
  static const std::vector<double> limits = [] {
    std::vector<double> positive;
    for (double limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push_back(limit);
    std::vector<double> all;
    for (std::size_t i = positive.size(); i-- > 0;) all.push_back(-positive[i]);
    all.push_back(0);
    all.insert(all.end(), positive.begin(), positive.end());
    return all;
  }();
  return limits;
}

}  // namespace detail

/// PyTorch's default (https://pytorch.org/docs/stable/tensorboard.html, add_histogram). Empty buckets at either end are left out, but for
/// one. Throws an Error for no values, and for one that isn't finite.
template <class T>
Histogram histogram_of(std::span<const T> values) {
  if (values.empty()) fail("a histogram expects at least one value but got none");
  const std::vector<double>& limits = detail::histogram_limits();
  std::vector<double> counts(limits.size());
  Histogram histogram{.min = static_cast<double>(values[0]),
                      .max = static_cast<double>(values[0]),
                      .count = static_cast<double>(values.size()),
                      .limits = {},
                      .counts = {}};
  for (index_t i = 0; i < values.size(); ++i) {
    const double value = static_cast<double>(values[i]);
    if (!std::isfinite(value)) fail("a histogram expects finite values but value ", i, " is ", value);
    histogram.min = std::min(histogram.min, value);
    histogram.max = std::max(histogram.max, value);
    histogram.sum += value;
    histogram.sum_of_squares += value * value;
    const auto bucket = static_cast<std::size_t>(std::ranges::upper_bound(limits, value) - limits.begin());
    ++counts[std::min(bucket, counts.size() - 1)];
  }
  std::size_t first = 0, last = counts.size() - 1;
  while (counts[first] == 0) ++first;
  while (counts[last] == 0) --last;
  if (first > 0) --first;  // its limit says where the first bucket begins
  histogram.limits.assign(limits.begin() + static_cast<std::ptrdiff_t>(first), limits.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  histogram.counts.assign(counts.begin() + static_cast<std::ptrdiff_t>(first), counts.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  return histogram;
}

}  // namespace taut
