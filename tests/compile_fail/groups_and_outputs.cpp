// EXPECT: Conv2d's groups must divide its output channels
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{8, 8, 8}, Conv2d<6, 3, Groups{2}>>;
#else
using Net = Sequential<Shape{8, 8, 8}, Conv2d<6, 3, Groups{4}>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
