// EXPECT: AvgPool2d<2> expects channels x height x width but got 192 (layer 1, after Flatten)
// EXPECT-CLANG: AvgPool2d<2>
// EXPECT-CLANG: expects channels x height x width
// EXPECT-CLANG: but got 192
// EXPECT-CLANG: layer 1, after Flatten
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, AvgPool2d<2>, Flatten, Linear<4>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Flatten, AvgPool2d<2>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
