// EXPECT: stack of 2x3 expects 2x3 again but got 3x2 (tensors of one stack)
// EXPECT-CLANG: stack of 2x3
// EXPECT-CLANG: expects 2x3 again
// EXPECT-CLANG: but got 3x2
// EXPECT-CLANG: tensors of one stack
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
  const Tensor<float, Shape{3, 2}> y;
#if defined(FIXED)
  const auto both = stack<0>(x, transpose<0, 1>(y));
#else
  const auto both = stack<0>(x, y);
#endif
}
