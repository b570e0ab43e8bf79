// EXPECT: Dropout takes a percentage below 100
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3}, Dropout<99>>;
#else
using Net = Sequential<Shape{3}, Dropout<100>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
