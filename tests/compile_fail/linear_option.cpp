// EXPECT: Linear's option is NoBias
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3}, Linear<8, NoBias{}>>;
#else
using Net = Sequential<Shape{3}, Linear<8, Padding{1}>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
