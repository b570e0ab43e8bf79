// EXPECT: concatenate of 2x3 expects its shape but for axis 0 but got 2x2 (tensors of one concatenation)
// EXPECT-CLANG: concatenate of 2x3
// EXPECT-CLANG: expects its shape but for axis 0
// EXPECT-CLANG: but got 2x2
// EXPECT-CLANG: tensors of one concatenation
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
  const Tensor<float, Shape{2, 2}> y;
#if defined(FIXED)
  const auto both = concatenate<1>(x, y);
#else
  const auto both = concatenate<0>(x, y);
#endif
}
