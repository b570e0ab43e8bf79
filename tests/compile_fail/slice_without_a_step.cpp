// EXPECT: slice of 2x3 expects some of 3 entries but got a step of 0 (the end is not part of it)
// EXPECT-CLANG: slice of 2x3
// EXPECT-CLANG: expects some of 3 entries
// EXPECT-CLANG: but got a step of 0
// EXPECT-CLANG: the end is not part of it
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
#if defined(FIXED)
  const auto y = slice<1, 0, 3, 2>(x);
#else
  const auto y = slice<1, 0, 3, 0>(x);
#endif
}
