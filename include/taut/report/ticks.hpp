/// Ticks: round numbers for an axis.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace taut {

/// The marks of an axis, and how many decimals tell them apart.
struct Ticks {
  std::vector<double> values;
  int decimals = 0;

  double first() const { return values.front(); }
  double last() const { return values.back(); }
};

/// Multiples of 1, 2 or 5 times a power of ten, about `wanted` of them; the first and last enclose [low, high].
inline Ticks enclosing_ticks(double low, double high, int wanted, double smallest_step = 0) {
  if (!(high > low)) {
    const double margin = low == 0 ? 0.5 : 0.1 * std::abs(low);
    low -= margin;
    high += margin;
  }
  const double rough = (high - low) / wanted;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double mantissa = rough / power;
  const double step = std::max(smallest_step, power * (mantissa <= 1.0001 ? 1 : mantissa <= 2.0001 ? 2 : mantissa <= 5.0001 ? 5 : 10));
  Ticks ticks;
  ticks.decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  // A bound that misses a tick by a rounding error is that tick.
  for (double i = std::floor(low / step + 1e-6); i <= std::ceil(high / step - 1e-6); ++i) ticks.values.push_back(i * step);
  return ticks;
}

}  // namespace taut
