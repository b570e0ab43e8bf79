// EXPECT: Upsample's options are ScaleFactor and Bilinear
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Upsample<2, Bilinear{}>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Upsample<2, Stride{2}>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
