// EXPECT: Half is no layer: it lacks output_shape(Shape) (layer 1; see Layer in taut/nn/layer.hpp)
// EXPECT-CLANG: Half
// EXPECT-CLANG: is no layer:
// EXPECT-CLANG: it lacks output_shape(Shape)
// EXPECT-CLANG: layer 1
// EXPECT-CLANG: see Layer in taut/nn/layer.hpp
#include "taut/nn.hpp"

using namespace taut;

struct Half {
  static constexpr Role role = Role::custom;
  static constexpr bool accepts(Shape) { return true; }
};

#if defined(FIXED)
using Net = Sequential<Shape{3, 8, 8}, Block<Dropout<10>, ReLU>>;
#else
using Net = Sequential<Shape{3, 8, 8}, Block<Dropout<10>, Half>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
