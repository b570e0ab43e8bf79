// EXPECT: GroupNorm<3> expects a multiple of 3 channels but got 16x6x6 (layer 1, after Conv2d<16,3>)
// EXPECT-CLANG: GroupNorm<3>
// EXPECT-CLANG: expects a multiple of 3 channels
// EXPECT-CLANG: but got 16x6x6
// EXPECT-CLANG: layer 1, after Conv2d<16,3>
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 3>, GroupNorm<4>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 3>, GroupNorm<3>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
