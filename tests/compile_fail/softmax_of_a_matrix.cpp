// EXPECT: Softmax expects a vector or an image but got 3x4 (layer 0, after the input)
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 4, 1}, Softmax>;
#else
using Net = Sequential<Shape{3, 4}, Softmax>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
