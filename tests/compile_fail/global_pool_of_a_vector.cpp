// EXPECT: GlobalAvgPool2d expects channels x height x width but got 192 (layer 1, after Flatten)
// EXPECT-CLANG: GlobalAvgPool2d
// EXPECT-CLANG: expects channels x height x width
// EXPECT-CLANG: but got 192
// EXPECT-CLANG: layer 1, after Flatten
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, GlobalAvgPool2d, Flatten>;
#else
using Net = Sequential<Shape{3, 8, 8}, Flatten, GlobalAvgPool2d>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
