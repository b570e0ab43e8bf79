// EXPECT: matmul of 2x3 expects 3 rows but got 2x3 (the right operand)
// EXPECT-CLANG: matmul of 2x3
// EXPECT-CLANG: expects 3 rows
// EXPECT-CLANG: but got 2x3
// EXPECT-CLANG: the right operand
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
#if defined(FIXED)
  const auto product = matmul(x, transpose<0, 1>(x));
#else
  const auto product = matmul(x, x);
#endif
}
