// EXPECT: Conv2d<4,16,3> expects 4 channels but got 8x46x46 (layer 1, after Conv2d<8,3>)
#include "taut/nn.hpp"

#if defined(FIXED)
using Second = taut::Conv2d<8, 16, 3>;
#else
using Second = taut::Conv2d<4, 16, 3>;
#endif
using Net = taut::Sequential<taut::Shape{1, 48, 48}, taut::Conv2d<8, 3>, Second>;
static_assert(Net::parameter_count > 0);
