// EXPECT: Mirror expects channels outermost but got 12 (layer 1, after Flatten; Flatten leaves them innermost: say keeps_order, or stand before it or behind a Linear)
// EXPECT-CLANG: Mirror
// EXPECT-CLANG: expects channels outermost
// EXPECT-CLANG: but got 12
// EXPECT-CLANG: layer 1, after Flatten
// EXPECT-CLANG: Flatten leaves them innermost
#include "taut/nn.hpp"

using namespace taut;

/// The features backwards: their order matters.
struct Mirror {
  static constexpr Role role = Role::custom;
  static constexpr bool accepts(Shape in) { return in.rank() == 1; }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr TensorList tensors(Shape) { return {}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }
  static constexpr void name(TextBuilder& text) { text << "Mirror"; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "a vector"; }
};

#if defined(FIXED)
using Net = Sequential<Shape{3, 2, 2}, Flatten, Linear<12>, Mirror, Linear<2>>;
#else
using Net = Sequential<Shape{3, 2, 2}, Flatten, Mirror, Linear<2>>;
#endif

int main() { return static_cast<int>(Net::output_shape.size()); }
