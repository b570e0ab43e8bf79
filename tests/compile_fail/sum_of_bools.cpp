// EXPECT: operator+ expects number elements but got bool (the type of the elements; cast<int>(x))
// EXPECT-CLANG: operator+
// EXPECT-CLANG: expects number elements
// EXPECT-CLANG: but got bool
// EXPECT-CLANG: the type of the elements
// EXPECT-CLANG: cast<int>(x)
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
#if defined(FIXED)
  const auto both = cast<int>(x > 0) + cast<int>(x < 1);
#else
  const auto both = (x > 0) + (x < 1);
#endif
}
