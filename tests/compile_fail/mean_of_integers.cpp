// EXPECT: mean expects floating-point elements but got int (the type of the elements; cast<float>(x))
// EXPECT-CLANG: mean
// EXPECT-CLANG: expects floating-point elements
// EXPECT-CLANG: but got int
// EXPECT-CLANG: the type of the elements
// EXPECT-CLANG: cast<float>(x)
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<int, Shape{2, 3}> x;
#if defined(FIXED)
  return mean(cast<float>(x)) > 0;
#else
  return mean(x) > 0;
#endif
}
