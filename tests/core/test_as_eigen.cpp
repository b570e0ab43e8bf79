/// as_eigen and from_eigen: the same elements, both ways.
#include <doctest/doctest.h>

#include <type_traits>

#include "taut/eigen/as_eigen.hpp"

using namespace taut;

TEST_CASE("a map is the tensor's own elements") {
  Tensor<float, Shape{2, 3}> t{{1, 2, 3}, {4, 5, 6}};
  auto map = as_eigen(t);
  CHECK(map.data() == t.data());
  CHECK(map.rows() == 2);
  CHECK(map.cols() == 3);
  CHECK(map(1, 0) == 4);
  map(1, 0) = 40;
  CHECK(t(1, 0) == 40);
  static_assert(decltype(map)::RowsAtCompileTime == 2 && decltype(map)::ColsAtCompileTime == 3);
}

TEST_CASE("a constant tensor gives a constant map") {
  const Tensor<double, Shape{3}> t{1, 2, 3};
  const auto map = as_eigen(t);
  static_assert(std::is_same_v<decltype(map.data()), const double*>);
  static_assert(decltype(map)::ColsAtCompileTime == 1);
  CHECK(map.sum() == 6);
}

TEST_CASE("vectors are columns, whatever their length; a matrix may have one row or column") {
  Tensor<int, Shape{1}> one{5};
  CHECK(as_eigen(one)(0) == 5);
  Tensor<int, Shape{1, 3}> row{{1, 2, 3}};
  CHECK(as_eigen(row).rows() == 1);
  CHECK(as_eigen(row)(0, 2) == 3);
  Tensor<int, Shape{3, 1}> column{{1}, {2}, {3}};
  CHECK(as_eigen(column).cols() == 1);
  CHECK(as_eigen(column)(2, 0) == 3);
}

TEST_CASE("a view's channel is a matrix") {
  Tensor<float, Shape{2, 2, 2}> image{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}};
  as_eigen(image[1]).transposeInPlace();
  CHECK(image(1, 0, 1) == 7);
  CHECK(image(0, 0, 1) == 2);
}

TEST_CASE("large matrices have Eigen's dynamic sizes") {
  auto t = Tensor<double, Shape{300, 200}>::generate([](index_t i, index_t j) { return static_cast<double>(i + j); });
  static_assert(decltype(as_eigen(t))::RowsAtCompileTime == Eigen::Dynamic);
  const auto product = from_eigen<Shape{300, 300}>(as_eigen(t) * as_eigen(t).transpose());
  double expected = 0;
  for (index_t k = 0; k < 200; ++k) expected += t(7, k) * t(11, k);
  CHECK(product(7, 11) == expected);  // sums of small integers are exact
}

TEST_CASE("from_eigen copies matrices, expressions and column-major storage") {
  Eigen::Matrix<float, 2, 3> fixed;  // column-major
  fixed << 1, 2, 3, 4, 5, 6;
  const auto t = from_eigen<Shape{2, 3}>(fixed);
  CHECK(t(0, 1) == 2);
  CHECK(t(1, 0) == 4);
  const auto sum = from_eigen<Shape{2, 3}>((fixed.array() + 1).matrix());
  CHECK(sum(1, 2) == 7);
  const Eigen::VectorXd vector = Eigen::VectorXd::LinSpaced(4, 1, 4);
  CHECK(from_eigen<Shape{4}>(vector)(3) == 4);
}

TEST_CASE("from_eigen refuses a matrix of another size") {
  const Eigen::MatrixXf matrix = Eigen::MatrixXf::Zero(3, 2);
  CHECK_THROWS_WITH_AS((from_eigen<Shape{2, 3}>(matrix)), "a tensor of 2x3 was given an Eigen matrix of 3x2", Error);
}
