// EXPECT: AvgPool2d<2> expects whole 2x2 windows but got 8x7x7 (layer 1, after ReLU; RoundDown{} drops the rest)
// EXPECT-CLANG: AvgPool2d<2>
// EXPECT-CLANG: expects whole 2x2 windows
// EXPECT-CLANG: but got 8x7x7
// EXPECT-CLANG: layer 1, after ReLU
// EXPECT-CLANG: RoundDown{} drops the rest
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{8, 7, 7}, ReLU, AvgPool2d<2, RoundDown{}>>;
#else
using Net = Sequential<Shape{8, 7, 7}, ReLU, AvgPool2d<2>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
