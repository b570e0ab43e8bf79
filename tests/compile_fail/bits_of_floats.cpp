// EXPECT: operator& expects integer or bool elements but got float (the type of the elements)
// EXPECT-CLANG: operator&
// EXPECT-CLANG: expects integer or bool elements
// EXPECT-CLANG: but got float
// EXPECT-CLANG: the type of the elements
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
#if defined(FIXED)
  const auto both = (x > 0) & (x < 1);
#else
  const auto both = x & x;
#endif
}
