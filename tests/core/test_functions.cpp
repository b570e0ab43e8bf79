/// Functions and comparisons of tensors, element by element.
#include "taut/core/functions.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/tensor_values.hpp"
#include "taut/core/comparison.hpp"

using namespace taut;
using test::values;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();

using Bools = std::vector<bool>;

}  // namespace

TEST_CASE("functions of one operand are the standard library's") {
  const auto x = abs(test::noise<double, Shape{5, 7}>(3)) + 0.1;
  const auto exponential = exp(x), logarithm = log(x), root = sqrt(x), power = pow(x, 1.5);
  for (index_t i = 0; i < x.size(); ++i) {
    CHECK(exponential.data()[i] == std::exp(x.data()[i]));
    CHECK(logarithm.data()[i] == std::log(x.data()[i]));
    CHECK(root.data()[i] == std::sqrt(x.data()[i]));
    CHECK(power.data()[i] == std::pow(x.data()[i], 1.5));
  }
  CHECK(log(Tensor<float, Shape{1}>{0})(0) == -infinity);
  CHECK(std::isnan(sqrt(Tensor<float, Shape{1}>{-1})(0)));
  CHECK(values(pow(2, Tensor<float, Shape{3}>{0, 1, 10})) == std::vector<float>{1, 2, 1024});
}

TEST_CASE("abs of floats, integers and unsigned integers") {
  CHECK(values(abs(Tensor<float, Shape{3}>{-1.5F, 0, 2})) == std::vector<float>{1.5F, 0, 2});
  CHECK_FALSE(std::signbit(abs(Tensor<float, Shape{1}>{-0.0F})(0)));
  constexpr int least = std::numeric_limits<int>::lowest();
  CHECK(values(abs(Tensor<int, Shape{3}>{-3, 3, least})) == std::vector<int>{3, 3, least});
  CHECK(values(abs(Tensor<std::uint8_t, Shape{1}>{200})) == std::vector<std::uint8_t>{200});
}

TEST_CASE("maximum and minimum broadcast, and NaN stays NaN from either side") {
  const Tensor<int, Shape{2, 2}> a{{1, 5}, {3, -2}};
  CHECK(values(maximum(a, Tensor<int, Shape{2}>{2, 2})) == std::vector<int>{2, 5, 3, 2});
  CHECK(values(minimum(a, 2)) == std::vector<int>{1, 2, 2, -2});
  const Tensor<float, Shape{3}> left{not_a_number, 1, not_a_number}, right{1, not_a_number, not_a_number};
  for (const auto& both : {maximum(left, right), minimum(left, right)}) {
    for (const float value : both) CHECK(std::isnan(value));
  }
}

TEST_CASE("clamp keeps elements between bounds, of which the upper wins") {
  const Tensor<float, Shape{5}> x{-2, 0.5F, 7, not_a_number, infinity};
  const auto clamped = clamp(x, 0, 1);
  CHECK(clamped(0) == 0);
  CHECK(clamped(1) == 0.5F);
  CHECK(clamped(2) == 1);
  CHECK(std::isnan(clamped(3)));
  CHECK(clamped(4) == 1);
  CHECK(values(clamp(Tensor<int, Shape{2}>{0, 9}, 5, 3)) == std::vector<int>{3, 3});
  CHECK(values(clamp(Tensor<int, Shape{2, 2}>{{0, 9}, {4, 5}}, Tensor<int, Shape{2, 1}>{{1}, {6}}, Tensor<int, Shape{2}>{8, 7})) ==
        std::vector<int>{1, 7, 6, 6});
}

TEST_CASE("where chooses element by element, and broadcasts all three") {
  const Tensor<float, Shape{2, 2}> x{{-1, 2}, {3, -4}};
  CHECK(values(where(x > 0, x, 0)) == std::vector<float>{0, 2, 3, 0});
  CHECK(values(where(x > 0, 0.5, x)) == std::vector<float>{-1, 0.5F, 0.5F, -4});
  const Tensor<bool, Shape{3, 1}> condition{{true}, {false}, {true}};
  const auto chosen = where(condition, Tensor<int, Shape{2}>{1, 2}, Tensor<int, Shape{1}>{9});
  static_assert(decltype(chosen)::shape == Shape{3, 2});
  CHECK(values(chosen) == std::vector<int>{1, 2, 9, 9, 1, 2});
  CHECK(std::isnan(where(Tensor<bool, Shape{1}>{true}, Tensor<float, Shape{1}>{not_a_number}, 0)(0)));
}

TEST_CASE("comparisons give tensors of bool") {
  const Tensor<float, Shape{3}> a{1, 2, not_a_number};
  static_assert(std::is_same_v<decltype(a < 2), Tensor<bool, Shape{3}>>);
  CHECK(values(a == a) == Bools{true, true, false});
  CHECK(values(a != a) == Bools{false, false, true});
  CHECK(values(a < 2) == Bools{true, false, false});
  CHECK(values(a <= 2) == Bools{true, true, false});
  CHECK(values(a > 1) == Bools{false, true, false});
  CHECK(values(a >= 1) == Bools{true, true, false});
  CHECK(values(2 > a) == Bools{true, false, false});
  CHECK(values(2 == a) == Bools{false, true, false});
  const auto table = Tensor<int, Shape{2, 1}>{{1}, {2}} == Tensor<int, Shape{3}>{1, 2, 3};
  static_assert(decltype(table)::shape == Shape{2, 3});
  CHECK(values(table) == Bools{true, false, false, false, true, false});
  const Tensor<std::uint8_t, Shape{1}> byte{44};
  CHECK_THROWS_AS((void)(byte == 300), Error);
}

TEST_CASE("and, or, exclusive or, not: of bool, and bit by bit of integers") {
  const Tensor<bool, Shape{4}> a{false, false, true, true}, b{false, true, false, true};
  CHECK(values(a & b) == Bools{false, false, false, true});
  CHECK(values(a | b) == Bools{false, true, true, true});
  CHECK(values(a ^ b) == Bools{false, true, true, false});
  CHECK(values(~a) == Bools{true, true, false, false});
  CHECK(values(a == true) == values(a));
  const Tensor<std::uint8_t, Shape{2}> bits{0b1100, 0b1010};
  CHECK(values(bits & 0b0110) == std::vector<std::uint8_t>{0b0100, 0b0010});
  CHECK(values(bits | 1) == std::vector<std::uint8_t>{0b1101, 0b1011});
  CHECK(values(bits ^ bits) == std::vector<std::uint8_t>{0, 0});
  CHECK(values(~bits) == std::vector<std::uint8_t>{0b11110011, 0b11110101});
}
