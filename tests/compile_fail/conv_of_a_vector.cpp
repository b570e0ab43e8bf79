// EXPECT: Conv2d<8,3> expects channels x height x width but got 64 (layer 0, after the input)
// EXPECT-CLANG: Conv2d<8,3>
// EXPECT-CLANG: expects channels x height x width
// EXPECT-CLANG: but got 64
// EXPECT-CLANG: layer 0, after the input
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{1, 8, 8}, Conv2d<8, 3>>;
#else
using Net = Sequential<Shape{64}, Conv2d<8, 3>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
