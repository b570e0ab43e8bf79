// EXPECT: operator== of bool expects a bool but got int (a number becomes what the tensor is; cast<int>(x))
// EXPECT-CLANG: operator== of bool
// EXPECT-CLANG: expects a bool
// EXPECT-CLANG: but got int
// EXPECT-CLANG: a number becomes what the tensor is
// EXPECT-CLANG: cast<int>(x)
#include "taut/tensor.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{2, 3}> x;
#if defined(FIXED)
  const auto none = (x > 0) == false;
#else
  const auto none = (x > 0) == 0;
#endif
}
