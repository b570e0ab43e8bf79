// EXPECT: Conv1d<8,5> expects a length of at least 5 but got 4x1x4 (layer 0, after the input)
// EXPECT-CLANG: Conv1d<8,5>
// EXPECT-CLANG: expects a length of at least 5
// EXPECT-CLANG: but got 4x1x4
// EXPECT-CLANG: layer 0, after the input
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{4, 1, 5}, Conv1d<8, 5>>;
#else
using Net = Sequential<Shape{4, 1, 4}, Conv1d<8, 5>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
