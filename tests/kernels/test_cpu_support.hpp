/// test_cpu_support: random operands, derived tolerances and bit comparisons for the tests of the CPU kernels.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "taut/core/arena.hpp"
#include "taut/core/random.hpp"

namespace taut::test {

/// `count` numbers in [-1, 1), or in [low, high).
template <class T>
std::vector<T> random_numbers(index_t count, std::uint64_t stream, float low = -1, float high = 1) {
  Random random(RandomKey{2026, stream});
  std::vector<T> numbers(count);
  for (T& number : numbers) number = static_cast<T>(random.uniform(low, high));
  return numbers;
}

/// Room for results that a kernel must overwrite: whatever it leaves alone stays a NaN.
template <class T>
std::vector<T> unwritten(index_t count) {
  return std::vector<T>(count, std::numeric_limits<T>::quiet_NaN());
}

template <class T>
std::vector<double> widened(const std::vector<T>& numbers) {
  return {numbers.begin(), numbers.end()};
}

template <class T>
std::vector<double> magnitudes(const std::vector<T>& numbers) {
  std::vector<double> result(numbers.size());
  for (index_t i = 0; i < numbers.size(); ++i) result[i] = std::abs(static_cast<double>(numbers[i]));
  return result;
}

/// Elements of `found` that are further from `expected` than rounding explains. A sum of `terms` products, rounded in any order,
/// is off by about √terms · epsilon · Σ|a||b|; 4 leaves room for the tails of that distribution, and a few more roundings are allowed.
template <class T>
index_t mismatches(const std::vector<T>& found, const std::vector<double>& expected, const std::vector<double>& absolute_sums,
                   index_t terms) {
  REQUIRE(found.size() == expected.size());
  REQUIRE(found.size() == absolute_sums.size());
  const double relative = 4 * std::sqrt(static_cast<double>(terms) + 2) * static_cast<double>(std::numeric_limits<T>::epsilon());
  index_t wrong = 0;
  for (index_t i = 0; i < found.size(); ++i) {
    const double error = std::abs(static_cast<double>(found[i]) - expected[i]);
    if (!(error <= relative * absolute_sums[i])) ++wrong;  // a NaN is wrong
  }
  return wrong;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

}  // namespace taut::test
