// EXPECT: Conv2d<8,5> expects at least 5x5 pixels but got 1x4x9 (layer 0, after the input)
// EXPECT-CLANG: Conv2d<8,5>
// EXPECT-CLANG: expects at least 5x5 pixels
// EXPECT-CLANG: but got 1x4x9
// EXPECT-CLANG: layer 0, after the input
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{1, 4, 9}, Conv2d<8, 5, Padding{1, 0}>>;
#else
using Net = Sequential<Shape{1, 4, 9}, Conv2d<8, 5>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
