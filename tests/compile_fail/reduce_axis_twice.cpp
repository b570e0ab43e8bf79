// EXPECT: mean of 2x3 expects axes that differ but got 0 -2 (-1 is the last axis)
// EXPECT-CLANG: mean of 2x3
// EXPECT-CLANG: expects axes that differ
// EXPECT-CLANG: but got 0 -2
// EXPECT-CLANG: -1 is the last axis
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
#if defined(FIXED)
  const auto means = mean<0, -1>(x);
#else
  const auto means = mean<0, -2>(x);
#endif
}
