// EXPECT: stack of 2x3x4x5 expects at most 3 axes but got 4 (the stack has one more)
// EXPECT-CLANG: stack of 2x3x4x5
// EXPECT-CLANG: expects at most 3 axes
// EXPECT-CLANG: but got 4
// EXPECT-CLANG: the stack has one more
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3, 4, 5}> x;
#if defined(FIXED)
  const auto both = stack<0>(x[0], x[1]);
#else
  const auto both = stack<0>(x, x);
#endif
}
