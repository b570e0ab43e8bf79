// EXPECT: a Residual has at least one layer
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{4}, Residual<Linear<4>>>;
#else
using Net = Sequential<Shape{4}, Residual<>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
