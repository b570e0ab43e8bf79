// EXPECT: Reshape<16,3,3> expects 144 elements but got 16x6x6 (layer 1, after Conv2d<16,3>; 16x6x6 = 576)
// EXPECT-CLANG: Reshape<16,3,3>
// EXPECT-CLANG: expects 144 elements
// EXPECT-CLANG: but got 16x6x6
// EXPECT-CLANG: layer 1, after Conv2d<16,3>
// EXPECT-CLANG: 16x6x6 = 576
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 3>, Reshape<64, 3, 3>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 3>, Reshape<16, 3, 3>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
