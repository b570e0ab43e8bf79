/// Transpose, permute, slice, concatenate and stack.
#include <doctest/doctest.h>

#include "core/tensor_values.hpp"
#include "taut/core/concatenate.hpp"
#include "taut/core/permute.hpp"
#include "taut/core/slice.hpp"

using namespace taut;
using test::counting, test::values;

namespace {

template <int A, int B, int C, int D>
void check_permutation() {
  const auto x = counting<int, Shape{2, 3, 4, 5}>();
  const auto y = permute<A, B, C, D>(x);
  constexpr Shape from = x.shape, to = y.shape;
  static_assert(to == Shape{from[A], from[B], from[C], from[D]});
  index_t at[4];
  for (at[0] = 0; at[0] < 2; ++at[0]) {
    for (at[1] = 0; at[1] < 3; ++at[1]) {
      for (at[2] = 0; at[2] < 4; ++at[2]) {
        for (at[3] = 0; at[3] < 5; ++at[3]) CHECK(y(at[A], at[B], at[C], at[D]) == x(at[0], at[1], at[2], at[3]));
      }
    }
  }
}

}  // namespace

TEST_CASE("permute puts axes in another order") {
  const auto image = counting<int, Shape{2, 3, 2}>();  // (height, width, channels)
  const auto channels_first = permute<2, 0, 1>(image);
  static_assert(decltype(channels_first)::shape == Shape{2, 2, 3});
  CHECK(values(channels_first) == std::vector<int>{0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11});
  CHECK(values(permute<1, 2, 0>(channels_first)) == values(image));
  CHECK(values(permute<-1, 0, 1>(image)) == values(channels_first));
  check_permutation<0, 1, 2, 3>();
  check_permutation<3, 2, 1, 0>();
  check_permutation<0, 2, 1, 3>();
  check_permutation<2, 3, 0, 1>();
  check_permutation<1, 3, 2, 0>();
  CHECK(values(permute<0>(counting<int, Shape{3}>())) == std::vector<int>{0, 1, 2});
  CHECK(permute<>(Tensor<int, Shape{}>::full(4))() == 4);
  CHECK(values(permute<1, 2, 0>(counting<int, Shape{1, 4, 1}>())) == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("transpose exchanges two axes") {
  const Tensor<int, Shape{2, 3}> a{{1, 2, 3}, {4, 5, 6}};
  CHECK(values(transpose<0, 1>(a)) == std::vector<int>{1, 4, 2, 5, 3, 6});
  CHECK(values(transpose<-1, -2>(a)) == values(transpose<0, 1>(a)));
  CHECK(values(transpose<1, 1>(a)) == values(a));
  const auto x = counting<int, Shape{2, 3, 4, 5}>();
  CHECK(values(transpose<1, 3>(x)) == values(permute<0, 3, 2, 1>(x)));
  CHECK(values(transpose<0, -1>(x[0])) == values(permute<2, 1, 0>(x[0])));
}

TEST_CASE("slice takes part of an axis") {
  const Tensor<int, Shape{2, 5}> a{{0, 1, 2, 3, 4}, {5, 6, 7, 8, 9}};
  CHECK(values(slice<1, 1, 3>(a)) == std::vector<int>{1, 2, 6, 7});
  CHECK(values(slice<-1, 3>(a)) == std::vector<int>{3, 4, 8, 9});
  CHECK(values(slice<0, 1>(a)) == std::vector<int>{5, 6, 7, 8, 9});
  CHECK(values(slice<1, 0, 5, 2>(a)) == std::vector<int>{0, 2, 4, 5, 7, 9});
  CHECK(values(slice<1, 1, 5, 2>(a)) == std::vector<int>{1, 3, 6, 8});
  CHECK(values(slice<1, 4, 5, 7>(a)) == std::vector<int>{4, 9});
  CHECK(values(slice<1, 0>(slice<0, 0>(a))) == values(a));
  static_assert(decltype(slice<1, 0, 5, 2>(a))::shape == Shape{2, 3} && decltype(slice<0, 1>(a))::shape == Shape{1, 5});
  const auto x = counting<int, Shape{3, 4, 5}>();
  const auto middle = slice<1, 1, 4, 2>(x);
  static_assert(decltype(middle)::shape == Shape{3, 2, 5});
  test::for_each_index(middle.shape, [&](const auto& at) { CHECK(middle(at[0], at[1], at[2]) == x(at[0], 1 + 2 * at[1], at[2])); });
}

TEST_CASE("concatenate joins tensors along an axis") {
  const Tensor<int, Shape{2, 2}> a{{1, 2}, {3, 4}};
  const Tensor<int, Shape{1, 2}> row{{5, 6}};
  const Tensor<int, Shape{2, 1}> column{{7}, {8}};
  CHECK(values(concatenate<0>(a, row)) == std::vector<int>{1, 2, 3, 4, 5, 6});
  CHECK(values(concatenate<1>(a, column, a)) == std::vector<int>{1, 2, 7, 1, 2, 3, 4, 8, 3, 4});
  CHECK(values(concatenate<-1>(column, a)) == std::vector<int>{7, 1, 2, 8, 3, 4});
  CHECK(values(concatenate<0>(a)) == values(a));
  CHECK(values(concatenate<0>(a[0], counting<int, Shape{3}>())) == std::vector<int>{1, 2, 0, 1, 2});
  const auto x = counting<int, Shape{2, 3, 4}>();
  CHECK(values(concatenate<1>(slice<1, 0, 1>(x), slice<1, 1>(x))) == values(x));
  CHECK(values(concatenate<2>(slice<2, 0, 3>(x), slice<2, 3>(x))) == values(x));
}

TEST_CASE("stack puts tensors side by side along a new axis") {
  const Tensor<int, Shape{3}> a{1, 2, 3}, b{4, 5, 6};
  const auto rows = stack<0>(a, b);
  const auto columns = stack<-1>(a, b);
  static_assert(decltype(rows)::shape == Shape{2, 3} && decltype(columns)::shape == Shape{3, 2});
  CHECK(values(rows) == std::vector<int>{1, 2, 3, 4, 5, 6});
  CHECK(values(columns) == std::vector<int>{1, 4, 2, 5, 3, 6});
  CHECK(values(stack<1>(a, b)) == values(columns));
  const auto x = counting<int, Shape{2, 3, 4}>();
  const auto images = stack<1>(x, x, x);
  static_assert(decltype(images)::shape == Shape{2, 3, 3, 4});
  CHECK(values(images[1][2]) == values(x[1]));
  CHECK(values(stack<0>(Tensor<int, Shape{}>::full(1), Tensor<int, Shape{}>::full(2))) == std::vector<int>{1, 2});
}
