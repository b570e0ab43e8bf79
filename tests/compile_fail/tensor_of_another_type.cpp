// EXPECT: operator+ of float expects float too but got double (tensors never convert unasked; cast<float>(x))
// EXPECT-CLANG: operator+ of float
// EXPECT-CLANG: expects float too
// EXPECT-CLANG: but got double
// EXPECT-CLANG: tensors never convert unasked
// EXPECT-CLANG: cast<float>(x)
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
  const Tensor<double, Shape{3}> y;
#if defined(FIXED)
  const auto sum = x + cast<float>(y);
#else
  const auto sum = x + y;
#endif
}
