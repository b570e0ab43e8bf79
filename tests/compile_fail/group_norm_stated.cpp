// EXPECT: GroupNorm's groups must divide its channels
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 3>, GroupNorm<4, 16>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Conv2d<16, 3>, GroupNorm<3, 16>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
