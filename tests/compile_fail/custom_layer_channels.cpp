// EXPECT: SquaredReLU<16> expects 16 channels but got 8x12x12 (layer 1, after Conv2d<8,5>)
// EXPECT-CLANG: SquaredReLU<16>
// EXPECT-CLANG: expects 16 channels
// EXPECT-CLANG: but got 8x12x12
// EXPECT-CLANG: layer 1, after Conv2d<8,5>
#if !defined(FIXED)
#define MISTAKE
#endif
#include "../../examples/07_custom_layer.cpp"
