// EXPECT: Add expects a Linear behind the Flatten in its branches but got 18 (layer 0, after Linear<18>)
// EXPECT-CLANG: Add
// EXPECT-CLANG: expects a Linear behind the Flat
// EXPECT-CLANG: but got 18
// EXPECT-CLANG: layer 0, after Linear<18>
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{2, 3, 3}, Residual<Shortcut<Flatten, Linear<18>>, Flatten, Linear<18>>>;
#else
using Net = Sequential<Shape{2, 3, 3}, Residual<Shortcut<Flatten, Linear<18>>, Flatten>, Linear<2>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
