// EXPECT: Garbage is no layer: it lacks a role (layer 1; see Layer in taut/nn/layer.hpp)
// EXPECT-CLANG: Garbage
// EXPECT-CLANG: is no layer:
// EXPECT-CLANG: it lacks a role
// EXPECT-CLANG: layer 1
// EXPECT-CLANG: see Layer in taut/nn/layer.hpp
#include "taut/nn.hpp"

using namespace taut;

struct Garbage {};

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Dropout<10>, ReLU>;
#else
using Net = Sequential<Shape{3, 8, 8}, Dropout<10>, Garbage>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
