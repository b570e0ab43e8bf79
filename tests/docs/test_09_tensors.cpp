/// The code of docs/09_tensors.md.
#include <doctest/doctest.h>

#include <sstream>

#include "taut/tensor.hpp"

using taut::Shape, taut::Tensor, taut::index_t;

namespace {

template <class X>
std::string printed(const X& tensor) {
  std::ostringstream out;
  out << tensor;
  return out.str();
}

}  // namespace

TEST_CASE("docs/09_tensors.md: making tensors") {
  Tensor<float, Shape{2, 3}> a{{1, 2, 3}, {4, 5, 6}};             // zeros without values
  const auto ones = Tensor<float, Shape{3}>::full(1);             // one number everywhere
  const auto table = Tensor<int, Shape{4, 5}>::generate(          // a function of the indices
      [](index_t i, index_t j) { return static_cast<int>(i * j); });
  a(1, 2) = 60;                                                   // one index an axis
  a[0] += ones;                                                   // a row, as a view
  CHECK(printed(a) == "[[ 2,  3,  4],\n [ 4,  5, 60]]");
  CHECK(table(3, 4) == 12);
}

TEST_CASE("docs/09_tensors.md: broadcasting") {
  const Tensor<float, Shape{2, 3}> a{{1, 2, 3}, {4, 5, 6}};
  const Tensor<float, Shape{3}> row{10, 20, 30};
  const Tensor<float, Shape{2, 1}> column{{100}, {200}};
  const auto sum = a + row;              // 2x3: the row under both rows
  const auto grid = column - row;        // 2x3: every pair
  const auto scaled = a * 0.5 + 1;       // still float
  CHECK(printed(sum) == "[[11, 22, 33],\n [14, 25, 36]]");
  CHECK(printed(grid) == "[[ 90,  80,  70],\n [190, 180, 170]]");
  CHECK(printed(scaled) == "[[1.5,   2, 2.5],\n [  3, 3.5,   4]]");
}

TEST_CASE("docs/09_tensors.md: choosing") {
  const Tensor<float, Shape{4}> x{-2, 0.5, 3, 7};
  const auto kept = where((x > 0) & (x < 5), x, 0);
  CHECK(printed(kept) == "[  0, 0.5,   3,   0]");
}

TEST_CASE("docs/09_tensors.md: reductions") {
  const Tensor<float, Shape{2, 3}> x{{1, 2, 3}, {4, 5, 9}};
  const float total = sum(x);                                     // a number
  const auto columns = sum<0>(x);                                 // 3
  const auto normal = (x - mean<1>(x, taut::keepdim)) / sqrt(var<1>(x, taut::keepdim));
  const auto classes = argmax<-1>(x);                             // 2, of index_t
  CHECK(total == 24);
  CHECK(printed(columns) == "[ 5,  7, 12]");
  CHECK(printed(normal[0]) == "[-1,  0,  1]");
  CHECK(printed(classes) == "[2, 2]");
}

TEST_CASE("docs/09_tensors.md: products and shapes") {
  const auto images = Tensor<float, Shape{8, 5, 4}>::full(1);
  const auto weights = Tensor<float, Shape{4, 3}>::full(2);
  const auto product = matmul(images, weights);                   // 8x5x3: one matrix for the batch
  const auto swapped = permute<2, 0, 1>(product);                 // 3x8x5
  const auto part = slice<1, 2, 6>(swapped);                      // 3x4x5: entries 2 to 5 of axis 1
  const auto both = concatenate<0>(part, part);                   // 6x4x5
  const auto pair = stack<0>(part, part);                         // 2x3x4x5
  const auto flat = pair.reshape<Shape{6, 20}>();                 // a view, as long as pair lives
  static_assert(decltype(flat)::shape == Shape{6, 20} && decltype(both)::shape == Shape{6, 4, 5});
  static_assert(decltype(product)::shape == Shape{8, 5, 3} && decltype(swapped)::shape == Shape{3, 8, 5});
  static_assert(decltype(part)::shape == Shape{3, 4, 5} && decltype(pair)::shape == Shape{2, 3, 4, 5});
  CHECK(all(flat == 8));
}
