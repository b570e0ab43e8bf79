// EXPECT: operator* of int expects a whole number but got double (a number becomes what the tensor is; cast<double>(x))
// EXPECT-CLANG: operator* of int
// EXPECT-CLANG: expects a whole number
// EXPECT-CLANG: but got double
// EXPECT-CLANG: a number becomes what the tensor is
// EXPECT-CLANG: cast<double>(x)
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<int, Shape{2, 3}> x;
#if defined(FIXED)
  const auto half = cast<double>(x) * 0.5;
#else
  const auto half = x * 0.5;
#endif
}
