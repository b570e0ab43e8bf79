/// Print: tensors as text.
#include <doctest/doctest.h>

#include <iomanip>
#include <sstream>

#include "taut/core/print.hpp"

using namespace taut;

namespace {

template <class X>
std::string printed(const X& tensor) {
  std::ostringstream out;
  out << tensor;
  return out.str();
}

}  // namespace

TEST_CASE("brackets nest and columns line up") {
  CHECK(printed(Tensor<int, Shape{3}>{1, -20, 3}) == "[  1, -20,   3]");
  CHECK(printed(Tensor<float, Shape{2, 3}>{{1, 2, 3}, {4, 5, 6.5F}}) == "[[  1,   2,   3],\n [  4,   5, 6.5]]");
  CHECK(printed(Tensor<int, Shape{2, 2, 1}>{{{1}, {2}}, {{3}, {4}}}) == "[[[1],\n  [2]],\n\n [[3],\n  [4]]]");
  CHECK(printed(Tensor<int, Shape{}>()) == "0");
}

TEST_CASE("views print as tensors do") {
  Tensor<int, Shape{2, 2}> t{{1, 2}, {3, 4}};
  CHECK(printed(t[1]) == "[3, 4]");
  CHECK(printed(t.view()) == printed(t));
}

TEST_CASE("bytes are numbers, and the stream's format counts") {
  const Tensor<std::uint8_t, Shape{2}> bytes{65, 255};
  CHECK(printed(bytes) == "[ 65, 255]");
  std::ostringstream out;
  out << std::fixed << std::setprecision(2) << std::setw(30) << Tensor<double, Shape{2}>{1, -2.345} << "|" << 0.5;
  CHECK(out.str() == "[ 1.00, -2.35]|0.50");
}

TEST_CASE("the middle of a large tensor is left out") {
  const auto vector = Tensor<int, Shape{1001}>::generate([](index_t i) { return static_cast<int>(i); });
  CHECK(printed(vector) == "[   0,    1,    2, ...,  998,  999, 1000]");
  const auto matrix = Tensor<int, Shape{2, 501}>::generate([](index_t i, index_t j) { return static_cast<int>(1000 * i + j); });
  CHECK(printed(matrix) == "[[   0,    1,    2, ...,  498,  499,  500],\n [1000, 1001, 1002, ..., 1498, 1499, 1500]]");
  const auto tall = Tensor<int, Shape{1000, 2}>::generate([](index_t i, index_t) { return static_cast<int>(i); });
  CHECK(printed(tall) == "[[  0,   0],\n [  1,   1],\n [  2,   2],\n ...,\n [997, 997],\n [998, 998],\n [999, 999]]");
  const auto whole = printed(Tensor<int, Shape{1000}>());
  CHECK(whole.find("...") == std::string::npos);
  CHECK(whole.size() == 2 + 1000 + 2 * 999);
}
