// EXPECT: GroupNorm<4> expects channels x height x width but got 16 (layer 1, after Linear<16>)
// EXPECT-CLANG: GroupNorm<4>
// EXPECT-CLANG: expects channels x height x width
// EXPECT-CLANG: but got 16
// EXPECT-CLANG: layer 1, after Linear<16>
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{8}, Linear<16>, Reshape<16, 1, 1>, GroupNorm<4>>;
#else
using Net = Sequential<Shape{8}, Linear<16>, GroupNorm<4>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
