/// Random: Philox's known answers, positions, and distributions within bounds that follow from the number of samples.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include "taut/core/random.hpp"

using namespace taut;

namespace {

using Words = std::array<std::uint32_t, 4>;

constexpr int samples = 100'000;
// All bounds are five standard deviations: with correct numbers one check in 1.7 million fails, and the seeds are fixed.
constexpr double deviations = 5;

/// χ² of counts that should be equal: its mean is the number of bins minus one, its variance twice that.
bool evenly_filled(const std::vector<int>& counts) {
  const double expected = std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(counts.size());
  double chi_squared = 0;
  for (int count : counts) chi_squared += (count - expected) * (count - expected) / expected;
  const double freedom = static_cast<double>(counts.size() - 1);
  INFO("chi squared ", chi_squared, " at ", freedom, " degrees of freedom");
  CHECK(std::abs(chi_squared - freedom) < deviations * std::sqrt(2 * freedom));
  return std::abs(chi_squared - freedom) < deviations * std::sqrt(2 * freedom);
}

}  // namespace

TEST_CASE("Philox4x32-10 gives the known answers of its authors") {  // kat_vectors of Random123
  static_assert(philox({0, 0}, 0) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({~0ULL, ~0ULL}, ~0ULL) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  // counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0: the digits of π, low words first
  CHECK(philox({0x299f31d0'a4093822, 0x03707344'13198a2e}, 0x85a308d3'243f6a88) == Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a generator walks philox's words in order") {
  Random random(7, 3);
  for (std::uint64_t i = 0; i < 40; ++i) {
    CHECK(random.position() == i);
    CHECK(random() == philox({7, 3}, i / 4)[i % 4]);
  }
}

TEST_CASE("restoring a position continues the sequence") {
  for (std::uint64_t stop : {0U, 1U, 2U, 3U, 4U, 5U, 1023U}) {
    Random whole(42, 1), first(42, 1);
    for (std::uint64_t i = 0; i < stop; ++i) CHECK(whole() == first());
    Random restored(RandomKey{42, 1}, first.position());
    for (int i = 0; i < 9; ++i) CHECK(whole() == restored());
    CHECK(whole.position() == restored.position());
  }
}

TEST_CASE("seeds, streams and purposes are different sequences") {
  std::vector<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (std::uint64_t stream = 0; stream < 20; ++stream) {
      const auto words = philox({seed, stream}, 0);
      firsts.push_back(std::uint64_t{words[0]} << 32 | words[1]);
      firsts.push_back(fork(seed, stream));
    }
  }
  std::sort(firsts.begin(), firsts.end());
  CHECK(std::adjacent_find(firsts.begin(), firsts.end()) == firsts.end());
}

TEST_CASE("neighbouring streams don't correlate") {
  Random left(11, 0), right(11, 1);
  double sum = 0;
  for (int i = 0; i < samples; ++i) sum += (static_cast<double>(left.uniform()) - 0.5) * (static_cast<double>(right.uniform()) - 0.5);
  CHECK(std::abs(sum / samples) < deviations / 12 / std::sqrt(samples));  // the product's variance is 1/12 squared
}

TEST_CASE("uniform numbers fill [0, 1) evenly") {
  Random random(1);
  std::vector<int> bins(64);
  double sum = 0, lag = 0, previous = 0.5;
  for (int i = 0; i < samples; ++i) {
    const float x = random.uniform();
    REQUIRE(x >= 0.0F);
    REQUIRE(x < 1.0F);
    ++bins[static_cast<std::size_t>(x * 64)];
    sum += static_cast<double>(x);
    lag += (static_cast<double>(x) - 0.5) * (previous - 0.5);
    previous = static_cast<double>(x);
  }
  CHECK(std::abs(sum / samples - 0.5) < deviations / std::sqrt(12.0 * samples));
  CHECK(std::abs(lag / samples) < deviations / 12 / std::sqrt(samples));
  CHECK(evenly_filled(bins));
  CHECK(unit_interval(0) == 0.0F);
  CHECK(unit_interval(UINT32_MAX) == 1.0F - 0x1p-24F);
}

TEST_CASE("uniform numbers of a range stay in it") {
  Random random(2);
  double sum = 0;
  for (int i = 0; i < samples; ++i) {
    const float x = random.uniform(-3, 5);
    REQUIRE(x >= -3.0F);
    REQUIRE(x <= 5.0F);  // rounding may reach the upper bound
    sum += static_cast<double>(x);
  }
  CHECK(std::abs(sum / samples - 1) < deviations * 8 / std::sqrt(12.0 * samples));
}

TEST_CASE("below gives every number its share") {
  Random random(3);
  for (std::uint32_t bound : {1U, 7U, 10U, 100U}) {
    std::vector<int> counts(bound);
    for (int i = 0; i < samples; ++i) ++counts.at(random.below(bound));
    if (bound > 1) CHECK(evenly_filled(counts));
  }
}

TEST_CASE("chance is true as often as it says") {
  Random random(4);
  for (double probability : {0.0, 0.1, 0.5, 0.9, 1.0}) {
    int yes = 0;
    for (int i = 0; i < samples; ++i) yes += random.chance(static_cast<float>(probability)) ? 1 : 0;
    CHECK(std::abs(yes - probability * samples) <= deviations * std::sqrt(samples * probability * (1 - probability)));
  }
}

TEST_CASE("normal numbers have a normal's moments and tails") {
  Random random(5);
  double sum = 0, squares = 0, cubes = 0;
  int beyond_one = 0, beyond_two = 0;
  for (int i = 0; i < samples; ++i) {
    const double x = static_cast<double>(random.normal());
    REQUIRE(std::isfinite(x));
    sum += x;
    squares += x * x;
    cubes += x * x * x;
    beyond_one += std::abs(x) > 1 ? 1 : 0;
    beyond_two += std::abs(x) > 2 ? 1 : 0;
  }
  CHECK(std::abs(sum / samples) < deviations / std::sqrt(samples));
  CHECK(std::abs(squares / samples - 1) < deviations * std::sqrt(2.0 / samples));
  CHECK(std::abs(cubes / samples) < deviations * std::sqrt(15.0 / samples));
  const auto tail_is = [](int count, double probability) {
    return std::abs(count - probability * samples) < deviations * std::sqrt(samples * probability * (1 - probability));
  };
  CHECK(tail_is(beyond_one, std::erfc(1 / std::sqrt(2.0))));
  CHECK(tail_is(beyond_two, std::erfc(2 / std::sqrt(2.0))));
}

TEST_CASE("shuffle keeps the items and makes every order equally often") {
  Random random(6);
  std::map<std::array<int, 4>, int> orders;
  for (int i = 0; i < 24'000; ++i) {
    std::array<int, 4> items{0, 1, 2, 3};
    random.shuffle(std::span<int>(items));
    ++orders[items];
  }
  REQUIRE(orders.size() == 24);
  std::vector<int> counts;
  for (const auto& [order, count] : orders) {
    CHECK(std::is_permutation(order.begin(), order.end(), std::array{0, 1, 2, 3}.begin()));
    counts.push_back(count);
  }
  CHECK(evenly_filled(counts));
  std::vector<int> none;
  random.shuffle(std::span<int>(none));
  CHECK(none.empty());
}
