/// Tensor and View: elements, values, conversions.
#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <type_traits>
#include <vector>

#include "taut/core/channels_last.hpp"
#include "taut/core/tensor.hpp"

using namespace taut;

namespace {

template <TensorLike X>
std::vector<typename X::value_type> values(const X& tensor) {
  return {tensor.begin(), tensor.end()};
}

}  // namespace

TEST_CASE("a new tensor is zero, aligned, and on the heap") {
  const Tensor<float, Shape{3, 5}> t;
  CHECK(values(t) == std::vector<float>(15));
  CHECK(reinterpret_cast<std::uintptr_t>(t.data()) % alignment == 0);
  static_assert(sizeof(t) <= 64 && t.size() == 15 && t.rank() == 2 && decltype(t)::shape == Shape{3, 5});
  const Tensor<double, Shape{4096, 4096}> large;  // 128 MiB: no stack would hold it
  CHECK(large(4095, 4095) == 0);
}

TEST_CASE("a tensor takes its values as they are written") {
  const Tensor<float, Shape{3}> vector{1, 2.5F, 3};
  CHECK(values(vector) == std::vector<float>{1, 2.5F, 3});
  const Tensor<int, Shape{1}> one{7};
  CHECK(one(0) == 7);
  const Tensor<float, Shape{2, 3}> matrix{{1, 2, 3}, {4, 5, 6}};
  CHECK(values(matrix) == std::vector<float>{1, 2, 3, 4, 5, 6});
  const Tensor<int, Shape{1, 2}> row{{1, 2}};
  CHECK(values(row) == std::vector<int>{1, 2});
  const Tensor<int, Shape{2, 1, 3}> image{{{1, 2, 3}}, {{4, 5, 6}}};
  CHECK(values(image) == std::vector<int>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("elements lie in row-major order") {
  const auto t = Tensor<int, Shape{2, 3, 4, 5}>::generate(
      [](index_t i, index_t j, index_t k, index_t l) { return static_cast<int>(1000 * i + 100 * j + 10 * k + l); });
  CHECK(t(1, 2, 3, 4) == 1234);
  CHECK(t.data()[((1 * 3 + 2) * 4 + 3) * 5 + 4] == 1234);
  CHECK(t.data()[1] == 1);
  CHECK(t(0, 1, 0, 0) == 100);
  CHECK(Tensor<int, Shape{4}>::generate([](index_t i) { return static_cast<int>(i * i); })(3) == 9);
  CHECK(Tensor<int, Shape{2, 5}>::generate([](index_t i, index_t j) { return static_cast<int>(10 * i + j); })(1, 4) == 14);
  const auto image = Tensor<int, Shape{2, 3, 4}>::generate(
      [](index_t i, index_t j, index_t k) { return static_cast<int>(100 * i + 10 * j + k); });
  CHECK(image(1, 2, 3) == 123);
  CHECK(Tensor<int, Shape{}>()() == 0);
}

TEST_CASE("full and from") {
  CHECK(values(Tensor<int, Shape{2, 2}>::full(7)) == std::vector<int>(4, 7));
  const std::vector<int> four{1, 2, 3, 4};
  CHECK(values(Tensor<int, Shape{2, 2}>::from(four)) == four);
  using Five = Tensor<int, Shape{5}>;
  CHECK_THROWS_WITH_AS(Five::from(four), "a tensor of 5 elements was given 4 values", Error);
}

TEST_CASE("a copy has elements of its own; a move takes them along") {
  Tensor<int, Shape{2}> a{1, 2};
  Tensor<int, Shape{2}> b = a;
  b(0) = 9;
  CHECK(a(0) == 1);
  const int* const block = b.data();
  Tensor<int, Shape{2}> c = std::move(b);
  CHECK(c.data() == block);
  CHECK(c(0) == 9);
  b = c;  // a moved-from tensor may be assigned to
  CHECK(b(0) == 9);
  CHECK(b.data() != c.data());
  Tensor<int, Shape{2}>& self = b;
  b = self;
  CHECK(b(0) == 9);
  static_assert(std::is_nothrow_move_constructible_v<decltype(a)> && std::is_nothrow_move_assignable_v<decltype(a)>);
}

TEST_CASE("a view shows and changes the tensor's elements") {
  Tensor<int, Shape{2, 3}> t{{1, 2, 3}, {4, 5, 6}};
  const View<int, Shape{2, 3}> view = t;
  view(1, 2) = 60;
  CHECK(t(1, 2) == 60);
  const View<const int, Shape{2, 3}> constant = view;
  CHECK(constant(1, 2) == 60);
  const auto& const_tensor = t;
  static_assert(std::is_same_v<decltype(const_tensor.view()), View<const int, Shape{2, 3}>>);
  static_assert(!std::is_convertible_v<View<const int, Shape{2, 3}>, View<int, Shape{2, 3}>>);
  static_assert(!std::is_convertible_v<Tensor<int, Shape{3, 2}>&, View<int, Shape{2, 3}>>);
  const Tensor<int, Shape{2, 3}> copy(view);
  t(0, 0) = 100;
  CHECK(copy(0, 0) == 1);
  static_assert(decltype(t.span())::extent == 6);
  CHECK(std::accumulate(t.begin(), t.end(), 0) == 100 + 2 + 3 + 4 + 5 + 60);
}

TEST_CASE("one index takes an axis off") {
  Tensor<int, Shape{2, 2, 3}> t{{{1, 2, 3}, {4, 5, 6}}, {{7, 8, 9}, {10, 11, 12}}};
  static_assert(std::is_same_v<decltype(t[1]), View<int, Shape{2, 3}>>);
  CHECK(values(t[1]) == std::vector<int>{7, 8, 9, 10, 11, 12});
  CHECK(t[1][0][2] == 9);
  t[1][0][2] = 90;
  CHECK(t(1, 0, 2) == 90);
  const auto& constant = t;
  static_assert(std::is_same_v<decltype(constant[1][1][1]), const int&>);
  CHECK(constant[0][1][1] == 5);
}

TEST_CASE("reshape keeps the order") {
  Tensor<int, Shape{2, 3}> t{{1, 2, 3}, {4, 5, 6}};
  const auto tall = t.reshape<Shape{3, 2}>();
  CHECK(tall(2, 0) == 5);
  tall(2, 0) = 50;
  CHECK(t(1, 1) == 50);
  const auto& constant = t;
  CHECK(constant.reshape<Shape{6}>()(5) == 6);
}

TEST_CASE("an image goes into a batch's row channels last, and comes back") {
  const auto image = Tensor<int, Shape{2, 2, 3}>::generate(
      [](index_t c, index_t h, index_t w) { return static_cast<int>(100 * c + 10 * h + w); });
  Batch<int, Shape{2, 2, 3}, 3> batch(2);
  to_channels_last(image, batch.view(), 1);
  CHECK(std::vector<int>(batch.row(1), batch.row(1) + 12) == std::vector<int>{0, 100, 1, 101, 2, 102, 10, 110, 11, 111, 12, 112});
  CHECK(batch.row(0)[1] == 0);
  CHECK(values(from_channels_last(batch.view(), 1)) == values(image));
  const auto& constant = batch;
  CHECK(values(from_channels_last(constant.view(), 1)) == values(image));
  CHECK_THROWS_WITH_AS(to_channels_last(image, batch.view(), 2), "row 2 was asked for of a batch of 2 rows", Error);
  CHECK_THROWS_AS(from_channels_last(batch.view(), 7), Error);
}

TEST_CASE("a vector lies in a batch as it is") {
  const Tensor<int, Shape{3}> vector{1, 2, 3};
  Batch<int, Shape{3}, 1> batch;
  to_channels_last(vector.view(), batch.view(), 0);
  CHECK(values(from_channels_last(batch.view(), 0)) == values(vector));
  CHECK(batch.row(0)[2] == 3);
}
