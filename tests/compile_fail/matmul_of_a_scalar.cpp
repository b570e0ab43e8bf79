// EXPECT: matmul of 2x3 expects vectors or matrices but got a scalar (the right operand)
// EXPECT-CLANG: matmul of 2x3
// EXPECT-CLANG: expects vectors or matrices
// EXPECT-CLANG: but got a scalar
// EXPECT-CLANG: the right operand
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
  const Tensor<float, Shape{}> s;
#if defined(FIXED)
  const auto product = x * s;
#else
  const auto product = matmul(x, s);
#endif
}
