// EXPECT: BatchNorm1d<32> expects 32 features but got 16 (layer 1, after Linear<16>)
// EXPECT-CLANG: BatchNorm1d<32>
// EXPECT-CLANG: expects 32 features
// EXPECT-CLANG: but got 16
// EXPECT-CLANG: layer 1, after Linear<16>
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{8}, Linear<16>, BatchNorm1dWith<16>>;
#else
using Net = Sequential<Shape{8}, Linear<16>, BatchNorm1dWith<32>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
