// EXPECT: ConvTranspose2d<4,8,3> expects 4 channels but got 3x4x4 (layer 0, after the input)
// EXPECT-CLANG: ConvTranspose2d<4,8,3>
// EXPECT-CLANG: expects 4 channels
// EXPECT-CLANG: but got 3x4x4
// EXPECT-CLANG: layer 0, after the input
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 4, 4}, ConvTranspose2d<3, 8, 3>>;
#else
using Net = Sequential<Shape{3, 4, 4}, ConvTranspose2d<4, 8, 3>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
