// EXPECT: BatchNorm2d<32> expects 32 channels but got 16x6x6 (layer 1, after Conv2d<16,3>)
// EXPECT-CLANG: BatchNorm2d<32>
// EXPECT-CLANG: expects 32 channels
// EXPECT-CLANG: but got 16x6x6
// EXPECT-CLANG: layer 1, after Conv2d<16,3>
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 3>, BatchNorm2dWith<16>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 3>, BatchNorm2dWith<32>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
