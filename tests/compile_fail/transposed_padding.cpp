// EXPECT: ConvTranspose2d<8,1,Padding{1}> expects more pixels than its Padding takes away but got 3x2x4 (layer 0, after the input)
// EXPECT-CLANG: ConvTranspose2d<8,1,Padding{1}
// EXPECT-CLANG: expects more pixels than its P
// EXPECT-CLANG: but got 3x2x4
// EXPECT-CLANG: layer 0, after the input
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 3, 4}, ConvTranspose2d<8, 1, Padding{1}>>;
#else
using Net = Sequential<Shape{3, 2, 4}, ConvTranspose2d<8, 1, Padding{1}>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
