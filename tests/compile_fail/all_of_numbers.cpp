// EXPECT: all expects bool elements but got float (the type of the elements; compare first)
// EXPECT-CLANG: all
// EXPECT-CLANG: expects bool elements
// EXPECT-CLANG: but got float
// EXPECT-CLANG: the type of the elements
// EXPECT-CLANG: compare first
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
#if defined(FIXED)
  return all(x > 0);
#else
  return all(x);
#endif
}
