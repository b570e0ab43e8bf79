// EXPECT: LayerNormWith's option is Eps
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{8}, LayerNormWith<Eps{1e-3}>>;
#else
using Net = Sequential<Shape{8}, LayerNormWith<Momentum{0.1}>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
