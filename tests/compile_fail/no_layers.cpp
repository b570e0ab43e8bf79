// EXPECT: a Sequential has at least one layer
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Block<Flatten, Linear<4>>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Block<>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
