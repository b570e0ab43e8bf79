// EXPECT: MaxPool2d<3> expects at least 3x3 pixels but got 8x2x2 (layer 0, after the input)
// EXPECT-CLANG: MaxPool2d<3>
// EXPECT-CLANG: expects at least 3x3 pixels
// EXPECT-CLANG: but got 8x2x2
// EXPECT-CLANG: layer 0, after the input
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{8, 2, 2}, MaxPool2d<3, Padding{1}, RoundDown{}>>;
#else
using Net = Sequential<Shape{8, 2, 2}, MaxPool2d<3>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
