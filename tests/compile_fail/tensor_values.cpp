// EXPECT: a tensor of 2x3 expects 2x3 values but got 3x2 (its initial values)
// EXPECT-CLANG: a tensor of 2x3
// EXPECT-CLANG: expects 2x3 values
// EXPECT-CLANG: but got 3x2
// EXPECT-CLANG: its initial values
#include "taut/core/channels_last.hpp"

using namespace taut;

int main() {
#if defined(FIXED)
  Tensor<float, Shape{2, 3}> t{{1, 2, 3}, {4, 5, 6}};

#else
  Tensor<float, Shape{2, 3}> t{{1, 2}, {3, 4}, {5, 6}};
#endif
}
