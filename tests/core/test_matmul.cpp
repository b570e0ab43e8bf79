/// Matmul: products of matrices, vectors and batches.
#include "taut/core/matmul.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/tensor_values.hpp"

using namespace taut;
using test::counting, test::values;

namespace {

/// The product of matrices against its definition, in double: every element is off by at most `depth` roundings of products up to 1.
template <class T, index_t Rows, index_t Depth, index_t Columns>
void check_product() {
  const auto a = test::noise<T, Shape{Rows, Depth}>(1);
  const auto b = test::noise<T, Shape{Depth, Columns}>(2);
  const auto c = matmul(a, b);
  static_assert(decltype(c)::shape == Shape{Rows, Columns});
  const double bound = static_cast<double>(Depth * (Depth + 1)) * std::numeric_limits<T>::epsilon();
  for (index_t i = 0; i < Rows; ++i) {
    for (index_t j = 0; j < Columns; ++j) {
      long double sum = 0;
      for (index_t k = 0; k < Depth; ++k) sum += static_cast<long double>(a(i, k)) * static_cast<long double>(b(k, j));
      CHECK(std::abs(static_cast<double>(static_cast<long double>(c(i, j)) - sum)) <= bound);
    }
  }
}

}  // namespace

TEST_CASE("matrices, written out") {
  const Tensor<int, Shape{2, 3}> a{{1, 2, 3}, {4, 5, 6}};
  const Tensor<int, Shape{3, 2}> b{{7, 8}, {9, 10}, {11, 12}};
  CHECK(values(matmul(a, b)) == std::vector<int>{58, 64, 139, 154});
  CHECK(values(matmul(b, a)) == std::vector<int>{39, 54, 69, 49, 68, 87, 59, 82, 105});
}

TEST_CASE("a vector is a row on the left and a column on the right") {
  const Tensor<int, Shape{2, 3}> a{{1, 2, 3}, {4, 5, 6}};
  const Tensor<int, Shape{3}> v{1, 0, -1};
  const Tensor<int, Shape{2}> w{10, 1};
  CHECK(values(matmul(a, v)) == std::vector<int>{-2, -2});
  CHECK(values(matmul(w, a)) == std::vector<int>{14, 25, 36});
  CHECK(matmul(v, v)() == 2);
  static_assert(decltype(matmul(a, v))::shape == Shape{2} && decltype(matmul(w, a))::shape == Shape{3});
  static_assert(decltype(matmul(v, v))::shape == Shape{});
}

TEST_CASE("products of odd sizes, within the roundings of their sums") {
  check_product<float, 1, 1, 1>();
  check_product<float, 3, 5, 7>();
  check_product<float, 1, 100, 33>();
  check_product<float, 5, 70, 1>();
  check_product<float, 33, 65, 300>();  // more than a block each way
  check_product<double, 17, 131, 19>();
  check_product<double, 64, 64, 256>();
}

TEST_CASE("batches of matrices broadcast") {
  const auto a = counting<int, Shape{2, 1, 2, 3}>();
  const auto b = counting<int, Shape{4, 3, 2}>();
  const auto c = matmul(a, b);
  static_assert(decltype(c)::shape == Shape{2, 4, 2, 2});
  for (index_t i = 0; i < 2; ++i) {
    for (index_t j = 0; j < 4; ++j) CHECK(values(c[i][j]) == values(matmul(a[i][0], b[j])));
  }
  const auto d = matmul(b, b.reshape<Shape{4, 2, 3}>());
  static_assert(decltype(d)::shape == Shape{4, 3, 3});
  for (index_t j = 0; j < 4; ++j) CHECK(values(d[j]) == values(matmul(b[j], b.reshape<Shape{4, 2, 3}>()[j])));
}

TEST_CASE("one matrix serves a whole batch, on either side") {
  const auto batch = counting<int, Shape{2, 3, 4}>();
  const auto matrix = counting<int, Shape{4, 5}>();
  const auto right = matmul(batch, matrix);
  static_assert(decltype(right)::shape == Shape{2, 3, 5});
  for (index_t i = 0; i < 2; ++i) CHECK(values(right[i]) == values(matmul(batch[i], matrix)));
  const auto left = matmul(counting<int, Shape{2, 3}>(), batch);
  static_assert(decltype(left)::shape == Shape{2, 2, 4});
  for (index_t i = 0; i < 2; ++i) CHECK(values(left[i]) == values(matmul(counting<int, Shape{2, 3}>(), batch[i])));
  const auto vector = matmul(batch, counting<int, Shape{4}>());
  static_assert(decltype(vector)::shape == Shape{2, 3});
  CHECK(vector(1, 2) == 0 * 20 + 1 * 21 + 2 * 22 + 3 * 23);
  const auto row = matmul(counting<int, Shape{3}>(), batch);
  static_assert(decltype(row)::shape == Shape{2, 4});
  CHECK(row(1, 3) == 0 * 15 + 1 * 19 + 2 * 23);
  const auto ones = matmul(batch, matrix.reshape<Shape{1, 4, 5}>());
  CHECK(values(ones) == values(right));
}

TEST_CASE("integers wrap around, and NaN reaches every sum it is part of") {
  const Tensor<std::uint8_t, Shape{1, 2}> a{{200, 100}};
  const Tensor<std::uint8_t, Shape{2, 1}> b{{2}, {1}};
  CHECK(matmul(a, b)(0, 0) == 244);
  const Tensor<float, Shape{2, 2}> c{{std::numeric_limits<float>::quiet_NaN(), 1}, {1, 1}};
  const auto product = matmul(c, Tensor<float, Shape{2, 2}>{{0, 0}, {1, 1}});
  CHECK(std::isnan(product(0, 0)));
  CHECK(std::isnan(product(0, 1)));
  CHECK(product(1, 0) == 1);
}
