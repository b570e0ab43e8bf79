// EXPECT: LeakyReLUWith takes a NegativeSlope of 0 or more
#include "taut/nn.hpp"

using namespace taut;

#if defined(FIXED)
using Net = Sequential<Shape{3}, LeakyReLUWith<NegativeSlope{0}>>;
#else
using Net = Sequential<Shape{3}, LeakyReLUWith<NegativeSlope{-0.1}>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
