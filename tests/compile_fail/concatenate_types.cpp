// EXPECT: concatenate of float expects float too but got int (tensors never convert unasked; cast<float>(x))
// EXPECT-CLANG: concatenate of float
// EXPECT-CLANG: expects float too
// EXPECT-CLANG: but got int
// EXPECT-CLANG: tensors never convert unasked
// EXPECT-CLANG: cast<float>(x)
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
  const Tensor<int, Shape{2, 3}> y;
#if defined(FIXED)
  const auto both = concatenate<0>(x, cast<float>(y));
#else
  const auto both = concatenate<0>(x, y);
#endif
}
