// EXPECT: Conv2d<8,3,Groups{4}> expects a multiple of 4 channels but got 6x8x8 (layer 0, after the input)
// EXPECT-CLANG: Conv2d<8,3,Groups{4}>
// EXPECT-CLANG: expects a multiple of 4 channels
// EXPECT-CLANG: but got 6x8x8
// EXPECT-CLANG: layer 0, after the input
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{6, 8, 8}, Conv2d<8, 3, Groups{2}>>;
#else
using Net = Sequential<Shape{6, 8, 8}, Conv2d<8, 3, Groups{4}>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
