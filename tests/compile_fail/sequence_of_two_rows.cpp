// EXPECT: Conv1d<8,3> expects channels x 1 x length but got 4x2x9 (layer 0, after the input)
// EXPECT-CLANG: Conv1d<8,3>
// EXPECT-CLANG: expects channels x 1 x length
// EXPECT-CLANG: but got 4x2x9
// EXPECT-CLANG: layer 0, after the input
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{4, 1, 9}, Conv1d<8, 3>>;
#else
using Net = Sequential<Shape{4, 2, 9}, Conv1d<8, 3>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
