// EXPECT: BatchNorm1d expects a vector but got 16x6x6 (layer 1, after Conv2d<16,3>; BatchNorm2d takes images)
// EXPECT-CLANG: BatchNorm1d
// EXPECT-CLANG: expects a vector
// EXPECT-CLANG: but got 16x6x6
// EXPECT-CLANG: layer 1, after Conv2d<16,3>
// EXPECT-CLANG: BatchNorm2d takes images
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 3>, BatchNorm2d>;
#else
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 3>, BatchNorm1d>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
