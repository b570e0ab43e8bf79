// EXPECT: Concatenate expects branches that differ in their channels alone, 4x8x8 in the first, but got 4x6x6 (layer 0, after Conv2d<4,3>)
// EXPECT-CLANG: Concatenate
// EXPECT-CLANG: expects branches that differ in
// EXPECT-CLANG: but got 4x6x6
// EXPECT-CLANG: layer 0, after Conv2d<4,3>
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Parallel<Conv2d<4, 1>, Conv2d<4, 3, Padding{1}>>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Parallel<Conv2d<4, 1>, Conv2d<4, 3>>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
