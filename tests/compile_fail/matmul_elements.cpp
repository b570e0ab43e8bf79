// EXPECT: matmul of 2x3 expects 3 elements but got 2 (the right operand)
// EXPECT-CLANG: matmul of 2x3
// EXPECT-CLANG: expects 3 elements
// EXPECT-CLANG: but got 2
// EXPECT-CLANG: the right operand
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
  const Tensor<float, Shape{2}> v;
#if defined(FIXED)
  const auto product = matmul(v, x);
#else
  const auto product = matmul(x, v);
#endif
}
