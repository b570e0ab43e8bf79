/// Arithmetic of tensors: broadcasting, numbers, integers, in place.
#include "taut/core/arithmetic.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/tensor_values.hpp"
#include "taut/core/cast.hpp"

using namespace taut;
using test::counting, test::values;

namespace {

/// a - b, which tells the operands apart, against its definition.
template <Shape A, Shape B>
void check_broadcast() {
  const auto a = test::noise<double, A>(1);
  const auto b = test::noise<double, B>(2);
  const auto result = a - b;
  constexpr Shape shape = decltype(result)::shape;
  static_assert(shape == broadcast_shape(A, B) && shape == broadcast_shape(B, A));
  index_t at = 0;
  test::for_each_index(shape, [&](const auto& index) {
    const double expected = test::repeated(a, index) - test::repeated(b, index);
    CHECK(result.data()[at++] == expected);
  });
  CHECK(at == shape.size());
  CHECK(values(b - a) == values(-result));
}

}  // namespace

TEST_CASE("shapes broadcast from the last axis") {
  static_assert(broadcasts(Shape{2, 3}, Shape{3}) && broadcasts(Shape{2, 1}, Shape{1, 3}) && broadcasts(Shape{}, Shape{4, 5}));
  static_assert(!broadcasts(Shape{2, 3}, Shape{2}) && !broadcasts(Shape{2, 3}, Shape{3, 3}) && !broadcasts(Shape{4}, Shape{4, 2}));
  static_assert(broadcast_shape(Shape{2, 1, 3}, Shape{4, 3}) == Shape{2, 4, 3});
  static_assert(broadcast_shape(Shape{}, Shape{}) == Shape{} && broadcast_shape(Shape{1}, Shape{}) == Shape{1});
  static_assert(broadcast_shape(Shape{5, 1, 7, 1}, Shape{6, 1, 8}) == Shape{5, 6, 7, 8});
}

TEST_CASE("loops over operands of one shape are a single run") {
  constexpr Shape shape{2, 3, 4, 5};
  constexpr operations::StridedLoops<2> same{shape, {operations::row_major_steps(shape), operations::row_major_steps(shape)}};
  static_assert(same.run_length() == 120 && same.run_step(0) == 1 && same.run_step(1) == 1 && same.extents[2] == 1);
  constexpr operations::StridedLoops<2> row{shape, {operations::row_major_steps(shape), operations::broadcast_steps(Shape{4, 5}, shape)}};
  static_assert(row.run_length() == 20 && row.run_step(1) == 1 && row.extents[2] == 6 && row.steps[1][2] == 0);
  constexpr operations::StridedLoops<2> number{shape, {operations::row_major_steps(shape), operations::broadcast_steps(Shape{}, shape)}};
  static_assert(number.run_length() == 120 && number.run_step(1) == 0);
}

TEST_CASE("operands are repeated along axes of one element and missing axes") {
  check_broadcast<Shape{7}, Shape{7}>();
  check_broadcast<Shape{2, 3}, Shape{3}>();
  check_broadcast<Shape{2, 3}, Shape{2, 1}>();
  check_broadcast<Shape{2, 1}, Shape{3}>();
  check_broadcast<Shape{1}, Shape{5}>();
  check_broadcast<Shape{1, 1}, Shape{1}>();
  check_broadcast<Shape{}, Shape{}>();
  check_broadcast<Shape{}, Shape{3, 2}>();
  check_broadcast<Shape{3, 4, 5}, Shape{4, 1}>();
  check_broadcast<Shape{3, 1, 5}, Shape{4, 1}>();
  check_broadcast<Shape{2, 3, 4, 33}, Shape{3, 1, 33}>();
  check_broadcast<Shape{2, 1, 4, 1}, Shape{1, 3, 1, 17}>();
  check_broadcast<Shape{2, 3, 4, 5}, Shape{2, 1, 1, 5}>();
}

TEST_CASE("the four operations, written out") {
  const Tensor<float, Shape{2, 3}> a{{1, 2, 3}, {4, 5, 6}};
  const Tensor<float, Shape{3}> row{10, 20, 30};
  const Tensor<float, Shape{2, 1}> column{{100}, {200}};
  CHECK(values(a + row) == std::vector<float>{11, 22, 33, 14, 25, 36});
  CHECK(values(row - column) == std::vector<float>{-90, -80, -70, -190, -180, -170});
  CHECK(values(a * a) == std::vector<float>{1, 4, 9, 16, 25, 36});
  CHECK(values(row / a) == std::vector<float>{10, 10, 10, 2.5F, 4, 5});
  CHECK(values(-a) == std::vector<float>{-1, -2, -3, -4, -5, -6});
  static_assert(std::is_same_v<decltype(a + row), Tensor<float, Shape{2, 3}>>);
}

TEST_CASE("a number takes the tensor's type") {
  const Tensor<float, Shape{2}> a{1, 2};
  static_assert(std::is_same_v<decltype(a * 0.5), Tensor<float, Shape{2}>>);
  CHECK(values(a * 0.5) == std::vector<float>{0.5F, 1});
  CHECK(values(1 - a) == std::vector<float>{0, -1});
  CHECK(values(2 / a + 1) == std::vector<float>{3, 2});
  const Tensor<std::uint8_t, Shape{2}> bytes{10, 20};
  CHECK(values(bytes + 235) == std::vector<std::uint8_t>{245, 255});
  CHECK_THROWS_WITH_AS(bytes + 256, doctest::Contains("operator+: expected a number that unsigned char can hold, found 256"), Error);
  CHECK_THROWS_AS(bytes * -1, Error);
  const Tensor<std::int8_t, Shape{1}> small{1};
  CHECK_THROWS_AS(small - 128U, Error);
  const Tensor<std::uint64_t, Shape{1}> large{1};
  CHECK_THROWS_AS(large + -1, Error);
}

TEST_CASE("views compute as tensors do") {
  Tensor<int, Shape{2, 3}> a{{1, 2, 3}, {4, 5, 6}};
  const auto& constant = a;
  CHECK(values(a[0] + constant[1]) == std::vector<int>{5, 7, 9});
  CHECK(values(a.reshape<Shape{3, 2}>() * 2) == std::vector<int>{2, 4, 6, 8, 10, 12});
}

TEST_CASE("integers wrap around and cut fractions off") {
  constexpr int least = std::numeric_limits<int>::lowest(), most = std::numeric_limits<int>::max();
  const Tensor<int, Shape{2}> a{most, least};
  CHECK(values(a + 1) == std::vector<int>{least, least + 1});
  CHECK(values(a * 2) == std::vector<int>{-2, 0});
  CHECK(values(-a) == std::vector<int>{-most, least});
  CHECK(values(a / -1) == std::vector<int>{-most, least});
  CHECK(values(Tensor<int, Shape{4}>{7, -7, 7, -7} / Tensor<int, Shape{4}>{2, 2, -2, -2}) == std::vector<int>{3, -3, -3, 3});
  const Tensor<std::uint16_t, Shape{1}> words{65535};
  CHECK((words * words)(0) == 1);
  CHECK((-words)(0) == 1);
  CHECK_THROWS_WITH_AS((a / Tensor<int, Shape{2}>{1, 0}), "operator/: expected divisors other than 0 for a tensor of integers, found 0",
                       Error);
}

TEST_CASE("floats divided by zero are infinite or NaN") {
  const auto quotients = Tensor<float, Shape{3}>{1, -1, 0} / 0;
  CHECK(quotients(0) == std::numeric_limits<float>::infinity());
  CHECK(quotients(1) == -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(quotients(2)));
}

TEST_CASE("compound forms write into their left side") {
  Tensor<float, Shape{2, 3}> a{{1, 2, 3}, {4, 5, 6}};
  const float* const before = a.data();
  a += Tensor<float, Shape{3}>{10, 20, 30};
  CHECK(values(a) == std::vector<float>{11, 22, 33, 14, 25, 36});
  a -= Tensor<float, Shape{2, 1}>{{1}, {2}};
  CHECK(values(a) == std::vector<float>{10, 21, 32, 12, 23, 34});
  (a *= 2) /= 4;
  CHECK(values(a) == std::vector<float>{5, 10.5F, 16, 6, 11.5F, 17});
  a[1] -= a[0];
  CHECK(values(a[1]) == std::vector<float>{1, 1, 1});
  CHECK(a.data() == before);
  Tensor<int, Shape{}> scalar;
  scalar += 3;
  CHECK(scalar() == 3);
  using Constant = const Tensor<float, Shape{2}>&;
  static_assert(!WritableTensor<Constant> && !WritableTensor<View<const float, Shape{2}>> && !WritableTensor<Tensor<float, Shape{2}>>);
  static_assert(WritableTensor<Tensor<float, Shape{2}>&> && WritableTensor<View<float, Shape{2}>>);
}

TEST_CASE("both sides may be the same elements or overlap") {
  Tensor<int, Shape{3, 2}> a{{1, 2}, {3, 4}, {5, 6}};
  a += a;
  CHECK(values(a) == std::vector<int>{2, 4, 6, 8, 10, 12});
  a += a[0];  // its first row, as it was
  CHECK(values(a) == std::vector<int>{4, 8, 8, 12, 12, 16});
  View<int, Shape{5}> late(a.data() + 1), early(a.data());
  late += early;
  CHECK(values(a) == std::vector<int>{4, 12, 16, 20, 24, 28});
  const View<int, Shape{1}> last(a.data() + 5);
  a -= last;
  CHECK(values(a) == std::vector<int>{-24, -16, -12, -8, -4, 0});
}

TEST_CASE("cast converts as static_cast does") {
  const Tensor<double, Shape{3}> a{1.9, -1.9, 0};
  CHECK(values(cast<int>(a)) == std::vector<int>{1, -1, 0});
  CHECK(values(cast<bool>(a)) == std::vector<bool>{true, true, false});
  CHECK(values(cast<float>(counting<int, Shape{2, 2}>())) == std::vector<float>{0, 1, 2, 3});
  CHECK(values(cast<int>(cast<bool>(a)) + 1) == std::vector<int>{2, 2, 1});
}
