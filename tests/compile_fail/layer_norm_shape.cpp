// EXPECT: LayerNorm<16,8,8> expects 16x8x8 but got 16x6x6 (layer 1, after Conv2d<16,3>)
// EXPECT-CLANG: LayerNorm<16,8,8>
// EXPECT-CLANG: expects 16x8x8
// EXPECT-CLANG: but got 16x6x6
// EXPECT-CLANG: layer 1, after Conv2d<16,3>
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 3>, LayerNormWith<16, 6, 6>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 3>, LayerNormWith<16, 8, 8>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
