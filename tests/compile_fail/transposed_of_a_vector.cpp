// EXPECT: ConvTranspose2d<8,3> expects channels x height x width but got 48 (layer 0, after the input)
// EXPECT-CLANG: ConvTranspose2d<8,3>
// EXPECT-CLANG: expects channels x height x wi
// EXPECT-CLANG: but got 48
// EXPECT-CLANG: layer 0, after the input
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 4, 4}, ConvTranspose2d<8, 3>>;
#else
using Net = Sequential<Shape{48}, ConvTranspose2d<8, 3>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
