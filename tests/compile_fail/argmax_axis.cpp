// EXPECT: argmax of a scalar expects no axis but got 0 (-1 is the last axis)
// EXPECT-CLANG: argmax of a scalar
// EXPECT-CLANG: expects no axis
// EXPECT-CLANG: but got 0
// EXPECT-CLANG: -1 is the last axis
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{}> x;
#if defined(FIXED)
  return argmax(x) > 0;
#else
  return argmax<0>(x)() > 0;
#endif
}
