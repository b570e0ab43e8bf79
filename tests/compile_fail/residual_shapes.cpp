// EXPECT: Add expects branches of one shape, 16x8x8 in the first, but got 8x8x8 (layer 1, after Conv2d<8,1>; a Shortcut<...> brings the input of a Residual to the shape of its output)
// EXPECT-CLANG: Add
// EXPECT-CLANG: expects branches of one shape
// EXPECT-CLANG: but got 8x8x8
// EXPECT-CLANG: layer 1, after Conv2d<8,1>
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Conv2d<8, 1>, Residual<Shortcut<Conv2d<16, 1>>, Conv2d<16, 3, Padding{1}>>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Conv2d<8, 1>, Residual<Conv2d<16, 3, Padding{1}>>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
