// EXPECT: Conv2d<32,4,3> expects 32 channels but got 16x8x8 (layer 1.main.1, after ReLU)
// EXPECT-CLANG: Conv2d<32,4,3>
// EXPECT-CLANG: expects 32 channels
// EXPECT-CLANG: but got 16x8x8
// EXPECT-CLANG: layer 1.main.1, after ReLU
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 1>, Residual<ReLU, Conv2d<16, 16, 3, Padding{1}>>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 1>, Residual<ReLU, Conv2d<32, 4, 3>>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
