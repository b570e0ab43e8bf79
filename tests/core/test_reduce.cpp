/// Reductions of tensors: over everything, along axes, and where elements are.
#include "taut/core/reduce.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/tensor_values.hpp"
#include "taut/core/argmax.hpp"
#include "taut/core/comparison.hpp"

using namespace taut;
using test::counting, test::values;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();

/// Sums, means and variances along axes against their definitions, in long double.
template <int... Axis, Shape S>
void check_axes(const Tensor<double, S>& x) {
  const auto sums = sum<Axis...>(x, keepdim), means = mean<Axis...>(x, keepdim), variances = var<Axis...>(x, keepdim);
  constexpr Shape kept = decltype(sums)::shape;
  const index_t count = S.size() / kept.size();
  std::vector<long double> total(kept.size()), squares(kept.size());
  auto place = [&](const std::vector<index_t>& at) {
    index_t offset = 0;
    for (int axis = 0; axis < S.rank(); ++axis) offset = offset * kept[axis] + (kept[axis] == 1 ? 0 : at[static_cast<std::size_t>(axis)]);
    return offset;
  };
  test::for_each_index(S, [&](const auto& at) { total[place(at)] += test::repeated(x, at); });
  test::for_each_index(S, [&](const auto& at) {
    const long double rest = test::repeated(x, at) - total[place(at)] / static_cast<long double>(count);
    squares[place(at)] += rest * rest;
  });
  const double rounding =
      static_cast<double>(count) * std::numeric_limits<double>::epsilon();  // of `count` numbers up to 1, added in any order
  for (index_t i = 0; i < kept.size(); ++i) {
    CHECK(std::abs(sums.data()[i] - static_cast<double>(total[i])) <= rounding * static_cast<double>(count));
    CHECK(std::abs(means.data()[i] - static_cast<double>(total[i]) / static_cast<double>(count)) <= rounding);
    if (count > 1) CHECK(std::abs(variances.data()[i] - static_cast<double>(squares[i]) / static_cast<double>(count - 1)) <= 8 * rounding);
  }
  CHECK(values(sum<Axis...>(x)) == values(sums));
  CHECK(sum<Axis...>(x).rank() == S.rank() - static_cast<int>(sizeof...(Axis)));
}

}  // namespace

TEST_CASE("over everything a reduction is a number") {
  const Tensor<float, Shape{2, 3}> a{{1, 2, 3}, {4, 5, 6}};
  static_assert(std::is_same_v<decltype(sum(a)), float> && std::is_same_v<decltype(mean(a)), float> &&
                std::is_same_v<decltype(var(a)), float>);
  CHECK(sum(a) == 21);
  CHECK(prod(a) == 720);
  CHECK(mean(a) == 3.5F);
  CHECK(var(a) == 3.5F);
  CHECK(var(a, Correction{0}) == doctest::Approx(17.5 / 6));
  CHECK(max(a) == 6);
  CHECK(min(a) == 1);
  CHECK(values(sum(a, keepdim)) == std::vector<float>{21});
  static_assert(decltype(sum(a, keepdim))::shape == Shape{1, 1});
}

TEST_CASE("along axes it is a tensor without them, or with one element each") {
  const Tensor<float, Shape{2, 3}> a{{1, 2, 3}, {4, 5, 6}};
  CHECK(values(sum<0>(a)) == std::vector<float>{5, 7, 9});
  CHECK(values(sum<1>(a)) == std::vector<float>{6, 15});
  CHECK(values(sum<-1>(a)) == values(sum<1>(a)));
  CHECK(values(prod<0>(a)) == std::vector<float>{4, 10, 18});
  CHECK(values(mean<1>(a)) == std::vector<float>{2, 5});
  CHECK(values(max<0>(a)) == std::vector<float>{4, 5, 6});
  CHECK(values(min<1>(a, keepdim)) == std::vector<float>{1, 4});
  CHECK(values(var<1>(a)) == std::vector<float>{1, 1});
  CHECK(values(a - mean<1>(a, keepdim)) == std::vector<float>{-1, 0, 1, -1, 0, 1});
  static_assert(decltype(sum<0>(a))::shape == Shape{3} && decltype(sum<1>(a))::shape == Shape{2});
  static_assert(decltype(sum<0>(a, keepdim))::shape == Shape{1, 3} && decltype(sum<1>(a, keepdim))::shape == Shape{2, 1});
  static_assert(decltype(sum<0, 1>(a))::shape == Shape{} && decltype(var<0, 1>(a, keepdim, Correction{0}))::shape == Shape{1, 1});
  CHECK(sum<0, 1>(a)() == 21);
}

TEST_CASE("any axes of any shape, against the definition") {
  const auto x = test::noise<double, Shape{3, 4, 5, 17}>(5);
  check_axes<0>(x);
  check_axes<1>(x);
  check_axes<2>(x);
  check_axes<3>(x);
  check_axes<0, 1>(x);
  check_axes<0, 2>(x);
  check_axes<0, 3>(x);
  check_axes<1, -1>(x);
  check_axes<0, 2, 3>(x);
  check_axes<3, 0, 2, 1>(x);
  check_axes<0>(test::noise<double, Shape{1}>(6));
  check_axes<1>(test::noise<double, Shape{3, 1, 2}>(7));
  check_axes<0>(test::noise<double, Shape{1000}>(8));
  check_axes<1>(test::noise<double, Shape{2, 513}>(9));
}

TEST_CASE("scalars and axes of one element") {
  const auto scalar = Tensor<float, Shape{}>::full(3);
  CHECK(sum(scalar) == 3);
  CHECK(max(scalar) == 3);
  CHECK(mean(scalar) == 3);
  CHECK(argmax(scalar) == 0);
  CHECK(std::isnan(var(scalar)));
  CHECK(var(scalar, Correction{0}) == 0);
  CHECK(values(sum<1>(Tensor<float, Shape{2, 1}>{{1}, {2}})) == std::vector<float>{1, 2});
}

TEST_CASE("long sums of floats don't drift") {
  const auto tenths = Tensor<float, Shape{1000, 1000}>::full(0.1F);
  CHECK(sum(tenths) == static_cast<float>(1e6 * static_cast<double>(0.1F)));
  CHECK(mean(tenths) == 0.1F);
  CHECK(values(sum<0>(tenths)) == std::vector<float>(1000, static_cast<float>(1e3 * static_cast<double>(0.1F))));
  const Tensor<float, Shape{3}> cancel{1e8F, 1, -1e8F};
  CHECK(sum(cancel) == 1);
  const auto shifted = Tensor<float, Shape{4}>{1, 2, 3, 4} + 1e6;
  CHECK(var(shifted) == static_cast<float>(5.0 / 3));
}

TEST_CASE("integers and bool sum to 64 bits") {
  const Tensor<std::uint8_t, Shape{3}> bytes{200, 200, 200};
  static_assert(std::is_same_v<decltype(sum(bytes)), std::int64_t>);
  CHECK(sum(bytes) == 600);
  CHECK(prod(bytes) == 8'000'000);
  CHECK(values(sum<0>(counting<int, Shape{2, 2}>())) == std::vector<std::int64_t>{2, 4});
  const Tensor<int, Shape{2}> large{2'000'000'000, 2'000'000'000};
  CHECK(sum(large) == 4'000'000'000);
  static_assert(std::is_same_v<decltype(sum(Tensor<std::uint64_t, Shape{1}>())), std::uint64_t>);
  const Tensor<std::int64_t, Shape{2}> most{std::numeric_limits<std::int64_t>::max(), 1};
  CHECK(sum(most) == std::numeric_limits<std::int64_t>::lowest());
  CHECK(sum(counting<float, Shape{3, 3}>() > 4) == 4);
  static_assert(std::is_same_v<decltype(max(bytes)), std::uint8_t>);
  CHECK(max(bytes) == 200);
}

TEST_CASE("NaN is the largest and the smallest, wherever it stands") {
  for (index_t place = 0; place < 40; ++place) {
    auto x = test::noise<float, Shape{40}>(1);
    x(place) = not_a_number;
    CHECK(std::isnan(max(x)));
    CHECK(std::isnan(min(x)));
    CHECK(argmax(x) == place);
    CHECK(argmin(x) == place);
    CHECK(std::isnan(sum(x)));
  }
  const Tensor<float, Shape{2, 3}> a{{1, not_a_number, 3}, {4, 5, 6}};
  const auto columns = max<0>(a);
  const auto rows = min<1>(a);
  CHECK(columns(0) == 4);
  CHECK(std::isnan(columns(1)));
  CHECK(columns(2) == 6);
  CHECK(std::isnan(rows(0)));
  CHECK(rows(1) == 4);
}

TEST_CASE("infinities are elements like others") {
  const Tensor<float, Shape{2}> low{-infinity, -infinity}, high{infinity, 1};
  CHECK(max(low) == -infinity);
  CHECK(min(high) == 1);
  CHECK(sum(high) == infinity);
  CHECK(max(Tensor<int, Shape{1}>{std::numeric_limits<int>::lowest()}) == std::numeric_limits<int>::lowest());
}

TEST_CASE("argmax and argmin give the first of equal places") {
  const Tensor<int, Shape{2, 4}> a{{3, 7, 7, 0}, {9, 1, 9, 1}};
  CHECK(argmax(a) == 4);
  CHECK(argmin(a) == 3);
  CHECK(values(argmax<1>(a)) == std::vector<index_t>{1, 0});
  CHECK(values(argmin<-1>(a)) == std::vector<index_t>{3, 1});
  CHECK(values(argmax<0>(a)) == std::vector<index_t>{1, 0, 1, 1});
  const auto cube = test::noise<float, Shape{3, 5, 4}>(2);
  const auto places = argmax<1>(cube);
  const auto largest = max<1>(cube);
  static_assert(decltype(places)::shape == Shape{3, 4});
  for (index_t i = 0; i < 3; ++i) {
    for (index_t k = 0; k < 4; ++k) CHECK(cube(i, places(i, k), k) == largest(i, k));
  }
}

TEST_CASE("all and any") {
  const Tensor<bool, Shape{2, 3}> a{{true, true, true}, {true, false, true}};
  CHECK_FALSE(all(a));
  CHECK(any(a));
  CHECK(all(a[0]));
  CHECK_FALSE(any(~a[0]));
  CHECK(values(all<1>(a)) == std::vector<bool>{true, false});
  CHECK(values(all<0>(a, keepdim)) == std::vector<bool>{true, false, true});
  CHECK(values(any<0>(~a)) == std::vector<bool>{false, true, false});
}
