// EXPECT: Linear<512> expects a vector of inputs but got 256x3x3 (layer 0, after the input; 2304 = 256x3x3: insert Flatten)
// EXPECT-CLANG: Linear<512>
// EXPECT-CLANG: expects a vector of inputs
// EXPECT-CLANG: but got 256x3x3
// EXPECT-CLANG: layer 0, after the input
// EXPECT-CLANG: 2304 = 256x3x3: insert Flatten
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{256, 3, 3}, Flatten, Linear<512>>;
#else
using Net = Sequential<Shape{256, 3, 3}, Linear<512>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
