/// 01_tensors: tensors whose shapes are types: making them, reaching elements, viewing, printing, Eigen.
#include <iomanip>
#include <iostream>
#include <numeric>

#include "taut/core/channels_last.hpp"
#include "taut/core/print.hpp"
#include "taut/core/random.hpp"
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
  std::cout << "sum of a = " << std::accumulate(a.begin(), a.end(), 0.0F) << "\n\n";

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
  std::cout << "image =\n" << image << "\nin a batch: ";
  for (index_t i = 0; i < image.size(); ++i) std::cout << batch.row(0)[i] << " ";
  std::cout << "\n\n";

#if __has_include(<Eigen/Core>)
  // The rest of linear algebra is Eigen's: a map of the same elements, and back.
  const auto gram = taut::from_eigen<Shape{2, 2}>(taut::as_eigen(a) * taut::as_eigen(a).transpose());
  std::cout << "a times its transpose, by Eigen =\n" << gram << "\n";
#endif
}
