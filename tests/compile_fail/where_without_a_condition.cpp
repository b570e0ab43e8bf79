// EXPECT: the condition of where expects bool elements but got float (the type of the elements; compare first)
// EXPECT-CLANG: the condition of where
// EXPECT-CLANG: expects bool elements
// EXPECT-CLANG: but got float
// EXPECT-CLANG: the type of the elements
// EXPECT-CLANG: compare first
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
#if defined(FIXED)
  const auto positive = where(x > 0, x, 0);
#else
  const auto positive = where(x, x, 0);
#endif
}
