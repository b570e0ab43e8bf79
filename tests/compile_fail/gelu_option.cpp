// EXPECT: GELUWith's option is ApproximateTanh
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3}, GELUWith<ApproximateTanh{}>>;
#else
using Net = Sequential<Shape{3}, GELUWith<NoBias{}>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
