// EXPECT: Conv2d's options are Kernel, Stride, Padding, Dilation, Groups and NoBias
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Conv2d<8, 3, Stride{2}>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Conv2d<8, 3, RoundDown{}>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
