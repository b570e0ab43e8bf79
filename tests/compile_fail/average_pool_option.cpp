// EXPECT: AvgPool2d's options are Kernel, Stride, Padding, CountIncludePad and RoundDown
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, AvgPool2d<2, CountIncludePad{false}>>;
#else
using Net = Sequential<Shape{3, 8, 8}, AvgPool2d<2, Dilation{1}>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
