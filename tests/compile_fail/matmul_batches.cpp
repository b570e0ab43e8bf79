// EXPECT: matmul of 2x3x4 expects a batch that broadcasts but got 5x4x3 (the right operand)
// EXPECT-CLANG: matmul of 2x3x4
// EXPECT-CLANG: expects a batch that broadcasts
// EXPECT-CLANG: but got 5x4x3
// EXPECT-CLANG: the right operand
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3, 4}> x;
#if defined(FIXED)
  const Tensor<float, Shape{5, 1, 4, 3}> y;
  const auto product = matmul(x, y);
#else
  const Tensor<float, Shape{5, 4, 3}> y;
  const auto product = matmul(x, y);
#endif
}
