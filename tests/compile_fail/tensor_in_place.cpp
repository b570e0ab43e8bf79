// EXPECT: operator*= of 3 expects an operand that fits into it but got 2x3 (the result would be 2x3)
// EXPECT-CLANG: operator*= of 3
// EXPECT-CLANG: expects an operand that fits into it
// EXPECT-CLANG: but got 2x3
// EXPECT-CLANG: the result would be 2x3
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
  Tensor<float, Shape{3}> y;
#if defined(FIXED)
  y *= x[0];
#else
  y *= x;
#endif
}
