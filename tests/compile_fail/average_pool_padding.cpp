// EXPECT: AvgPool2d's padding is at most half its kernel
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, AvgPool2d<3, Padding{1}, Stride{1}>>;
#else
using Net = Sequential<Shape{3, 8, 8}, AvgPool2d<3, Padding{2}, Stride{1}>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
