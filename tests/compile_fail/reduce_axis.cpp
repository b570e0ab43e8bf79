// EXPECT: sum of 2x3 expects an axis from -2 to 1 but got 2 (-1 is the last axis)
// EXPECT-CLANG: sum of 2x3
// EXPECT-CLANG: expects an axis from -2 to 1
// EXPECT-CLANG: but got 2
// EXPECT-CLANG: -1 is the last axis
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
#if defined(FIXED)
  const auto sums = sum<1>(x);
#else
  const auto sums = sum<2>(x);
#endif
}
