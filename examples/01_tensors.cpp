/// 01_tensors: tensors whose shapes are types: making them, computing with them, printing, Eigen. What it prints stands at the end.
#include <iomanip>
#include <iostream>

#include "taut/core/channels_last.hpp"
#include "taut/core/random.hpp"
#include "taut/tensor.hpp"
#if __has_include(<Eigen/Core>)
#include "taut/eigen/as_eigen.hpp"
#endif

using taut::index_t;
using taut::Shape;
using taut::Tensor;

int main() {
  // The shape is part of the type, the elements are on the heap. Three columns where two belong would not compile.
  Tensor<float, Shape{2, 3}> a{{1, 2, 3}, {4, 5, 6}};
  a(1, 2) = 60;
  std::cout << "a =\n" << a << "\n\n";

  // A tensor is a value, as std::vector is one; a view borrows.
  Tensor<float, Shape{2, 3}> copy = a;
  copy[0][0] = -1;
  const auto tall = a.reshape<Shape{3, 2}>();
  std::cout << "a's elements, three rows of two =\n" << tall << "\n\n";

  // Arithmetic goes element by element. Trailing axes that are equal or 1 broadcast: a row, a column, a number.
  const Tensor<float, Shape{3}> row{10, 20, 30};
  const Tensor<float, Shape{2, 1}> column{{0.5}, {2}};
  std::cout << "a + row =\n" << a + row << "\n\na * column - 1 =\n" << a * column - 1 << "\n\n";

  // Comparisons are tensors of bool, which choose.
  std::cout << "a, or 0 where it is above 4 =\n" << where(a > 4, 0, a) << "\n";
  std::cout << "all above 0: " << all(a > 0) << ", above 4: " << sum(a > 4) << "\n\n";

  // Reductions are a number, or go along axes. With keepdim the result broadcasts with what it came from.
  std::cout << "sum of a = " << sum(a) << ", its columns' = " << sum<0>(a) << ", its rows' largest = " << max<1>(a) << " at "
            << argmax<1>(a) << "\n";
  auto centred = a;
  centred -= mean<1>(a, taut::keepdim);
  std::cout << "a without its rows' means =\n" << centred << "\n\n";

  // Products, axes in another order, parts, and parts put together: every shape is checked while compiling.
  std::cout << "a times its transpose =\n" << matmul(a, transpose<0, 1>(a)) << "\n";
  std::cout << "a times row = " << matmul(a, row) << "\n";
  std::cout << "a's last two columns, then column =\n" << concatenate<1>(slice<1, 1, 3>(a), column) << "\n\n";

  // Integers stay integers, and sum to 64 bits; other types never convert unasked.
  const Tensor<std::uint8_t, Shape{4}> bytes{200, 200, 200, 7};
  std::cout << "bytes + 55 = " << bytes + 55 << ", their sum = " << sum(bytes) << ", halves = " << taut::cast<float>(bytes) / 2 << "\n\n";

  // A function of the indices, or a number for all.
  const auto table = Tensor<int, Shape{4, 5}>::generate([](index_t i, index_t j) { return static_cast<int>((i + 1) * (j + 1)); });
  std::cout << "table =\n" << table << "\n\n";

  // Random numbers are a function of (seed, stream, position): the same on every machine, in any order.
  taut::Random random(42);
  auto noise = Tensor<float, Shape{100, 100}>::generate([&](index_t, index_t) { return random.normal(); });
  std::cout << "noise =\n" << std::fixed << std::setprecision(2) << noise << std::defaultfloat << std::setprecision(6) << "\n\n";

  // An image is (channels, height, width), as in PyTorch. Networks read batches, whose rows lie channels last.
  const auto image = Tensor<float, Shape{2, 2, 2}>::generate(
      [](index_t c, index_t h, index_t w) { return static_cast<float>(100 * c + 10 * h + w); });
  taut::Batch<float, Shape{2, 2, 2}, 8> batch(1);
  taut::to_channels_last(image, batch.view(), 0);
  std::cout << "image =\n" << image << "\nin a batch:";
  for (index_t i = 0; i < image.size(); ++i) std::cout << " " << batch.row(0)[i];
  std::cout << "\n\n";

#if __has_include(<Eigen/Core>)
  // The rest of linear algebra is Eigen's: a map of the same elements, and back.
  const auto gram = taut::from_eigen<Shape{2, 2}>(taut::as_eigen(a) * taut::as_eigen(a).transpose());
  std::cout << "a times its transpose, by Eigen =\n" << gram << "\n";
#endif
}

/* Prints:
a =
[[ 1,  2,  3],
 [ 4,  5, 60]]

a's elements, three rows of two =
[[ 1,  2],
 [ 3,  4],
 [ 5, 60]]

a + row =
[[11, 22, 33],
 [14, 25, 90]]

a * column - 1 =
[[-0.5,    0,  0.5],
 [   7,    9,  119]]

a, or 0 where it is above 4 =
[[1, 2, 3],
 [4, 0, 0]]
all above 0: 1, above 4: 2

sum of a = 75, its columns' = [ 5,  7, 63], its rows' largest = [ 3, 60] at [2, 2]
a without its rows' means =
[[ -1,   0,   1],
 [-19, -18,  37]]

a times its transpose =
[[  14,  194],
 [ 194, 3641]]
a times row = [ 140, 1940]
a's last two columns, then column =
[[  2,   3, 0.5],
 [  5,  60,   2]]

bytes + 55 = [255, 255, 255,  62], their sum = 607, halves = [100, 100, 100, 3.5]

table =
[[ 1,  2,  3,  4,  5],
 [ 2,  4,  6,  8, 10],
 [ 3,  6,  9, 12, 15],
 [ 4,  8, 12, 16, 20]]

noise =
[[-1.35, -0.21, -1.38, ...,  1.67, -1.01, -0.04],
 [-2.07, -0.38, -1.75, ...,  2.41,  1.07, -1.02],
 [-0.83, -1.85, -0.38, ...,  0.17, -0.94, -0.24],
 ...,
 [ 0.45, -0.65, -0.35, ..., -0.17,  1.00,  0.64],
 [ 0.70,  0.08,  0.97, ...,  0.39,  0.99,  0.56],
 [ 0.80,  0.92,  0.95, ..., -0.98,  1.90, -0.99]]

image =
[[[  0,   1],
  [ 10,  11]],

 [[100, 101],
  [110, 111]]]
in a batch: 0 100 1 101 10 110 11 111

a times its transpose, by Eigen =
[[  14,  194],
 [ 194, 3641]]
*/
