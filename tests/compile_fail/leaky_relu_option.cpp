// EXPECT: LeakyReLUWith's option is NegativeSlope
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3}, LeakyReLUWith<NegativeSlope{0.2}>>;
#else
using Net = Sequential<Shape{3}, LeakyReLUWith<Eps{0.2}>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
