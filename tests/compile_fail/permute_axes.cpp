// EXPECT: permute of 2x3x4 expects each of its 3 axes once but got 0 2 (-1 is the last axis)
// EXPECT-CLANG: permute of 2x3x4
// EXPECT-CLANG: expects each of its 3 axes once
// EXPECT-CLANG: but got 0 2
// EXPECT-CLANG: -1 is the last axis
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3, 4}> x;
#if defined(FIXED)
  const auto y = permute<0, 2, 1>(x);
#else
  const auto y = permute<0, 2>(x);
#endif
}
