// EXPECT: operator+ of 2x3 expects an operand that broadcasts but got 2 (trailing axes are equal or 1)
// EXPECT-CLANG: operator+ of 2x3
// EXPECT-CLANG: expects an operand that broadcasts
// EXPECT-CLANG: but got 2
// EXPECT-CLANG: trailing axes are equal or 1
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
#if defined(FIXED)
  const Tensor<float, Shape{2, 1}> y;
  const auto sum = x + y;
#else
  const Tensor<float, Shape{2}> y;
  const auto sum = x + y;
#endif
}
