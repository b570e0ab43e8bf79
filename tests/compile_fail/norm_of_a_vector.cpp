// EXPECT: BatchNorm2d expects channels x height x width but got 192 (layer 1, after Flatten)
// EXPECT-CLANG: BatchNorm2d
// EXPECT-CLANG: expects channels x height x width
// EXPECT-CLANG: but got 192
// EXPECT-CLANG: layer 1, after Flatten
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, BatchNorm2d, Flatten, Linear<4>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Flatten, BatchNorm2d>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
