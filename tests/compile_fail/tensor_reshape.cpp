// EXPECT: a tensor of 2x3 expects a shape of 6 elements but got 7 (reshape)
// EXPECT-CLANG: a tensor of 2x3
// EXPECT-CLANG: expects a shape of 6 elements
// EXPECT-CLANG: but got 7
// EXPECT-CLANG: reshape
#include "taut/core/channels_last.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> t;
#if defined(FIXED)
  return t.reshape<Shape{6}>()(0) > 0;
#else
  return t.reshape<Shape{7}>()(0) > 0;
#endif
}
