// EXPECT: a tensor of 2x3 expects 2 indices but got 1 (one index an axis)
// EXPECT-CLANG: a tensor of 2x3
// EXPECT-CLANG: expects 2 indices
// EXPECT-CLANG: but got 1
// EXPECT-CLANG: one index an axis
#include "taut/core/channels_last.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> t;
#if defined(FIXED)
  return t(1, 2) > 0;
#else
  return t(1) > 0;
#endif
}
