// Top classes: softmax, order and what can't be ranked.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "taut/nn/top_classes.hpp"

using namespace taut;

namespace {

std::vector<RankedClass> ranked(const std::vector<float>& logits, index_t count) { return top_classes(std::span<const float>(logits), count); }

}  // namespace

TEST_CASE("the likeliest classes come first, equals in their order, with their share of all") {
  const auto two = ranked({1, 3, -2, 3, 0}, 2);
  REQUIRE(two.size() == 2);
  const double sum = std::exp(-2.0) + 1 + std::exp(-5.0) + 1 + std::exp(-3.0);
  CHECK(two[0].index == 1);
  CHECK(two[1].index == 3);
  CHECK(two[0].probability == doctest::Approx(1 / sum).epsilon(1e-14));
  CHECK(two[0].probability == two[1].probability);
}

TEST_CASE("more classes than there are, and none") {
  CHECK(ranked({5}, 3) == std::vector<RankedClass>{{0, 1.0}});
  CHECK(ranked({}, 3).empty());
  CHECK(ranked({1, 2}, 0).empty());
}

TEST_CASE("large logits don't overflow, and what isn't finite is refused") {
  const auto far = ranked({10'000, -10'000}, 2);
  CHECK(far[0].probability == 1);
  CHECK(far[1].probability == 0);
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS(ranked({0, infinity}, 1), "expected finite logits but that of class 1 is inf", Error);
  CHECK_THROWS_AS(ranked({std::nanf(""), 0}, 1), Error);
}
