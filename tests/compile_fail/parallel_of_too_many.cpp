// EXPECT: a Parallel has 1 to 8 branches
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{4}, Parallel<ReLU, ReLU, ReLU, ReLU, ReLU, ReLU, ReLU, ReLU>>;
#else
using Net = Sequential<Shape{4}, Parallel<ReLU, ReLU, ReLU, ReLU, ReLU, ReLU, ReLU, ReLU, ReLU>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
