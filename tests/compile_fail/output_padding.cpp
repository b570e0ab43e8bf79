// EXPECT: ConvTranspose2d's OutputPadding is smaller than its Stride
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 4, 4}, ConvTranspose2d<8, 3, Stride{2}, OutputPadding{1}>>;
#else
using Net = Sequential<Shape{3, 4, 4}, ConvTranspose2d<8, 3, OutputPadding{1}>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
