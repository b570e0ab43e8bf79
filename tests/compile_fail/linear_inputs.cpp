// EXPECT: Linear<30,7> expects 30 inputs but got 20 (layer 2, after ReLU)
// EXPECT-CLANG: Linear<30,7>
// EXPECT-CLANG: expects 30 inputs
// EXPECT-CLANG: but got 20
// EXPECT-CLANG: layer 2, after ReLU
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{10}, Linear<20>, ReLU, Linear<20, 7>>;
#else
using Net = Sequential<Shape{10}, Linear<20>, ReLU, Linear<30, 7>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
