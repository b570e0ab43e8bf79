// EXPECT: Upsample<2> expects channels x height x width but got 16 (layer 1, after Linear<16>)
// EXPECT-CLANG: Upsample<2>
// EXPECT-CLANG: expects channels x height x width
// EXPECT-CLANG: but got 16
// EXPECT-CLANG: layer 1, after Linear<16>
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{8}, Linear<16>, Reshape<4, 2, 2>, Upsample<2>>;
#else
using Net = Sequential<Shape{8}, Linear<16>, Upsample<2>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
