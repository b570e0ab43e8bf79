// EXPECT: Linear<2304,512> expects 2304 inputs but got 256x3x3 (layer 2, after MaxPool2d<2>; 2304 = 256x3x3: insert Flatten)
// EXPECT-CLANG: Linear<2304,512>
// EXPECT-CLANG: expects 2304 inputs
// EXPECT-CLANG: but got 256x3x3
// EXPECT-CLANG: layer 2, after MaxPool2d<2>
// EXPECT-CLANG: 2304 = 256x3x3: insert Flatten
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{1, 6, 6}, Conv2d<256, 3, Padding{1}>, MaxPool2d<2>, Flatten, Linear<2304, 512>>;
#else
using Net = Sequential<Shape{1, 6, 6}, Conv2d<256, 3, Padding{1}>, MaxPool2d<2>, Linear<2304, 512>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
