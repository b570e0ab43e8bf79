// EXPECT: a layer with Role::custom lacks forward<Input>(device, memory)
#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;

struct Half {
  static constexpr Role role = Role::custom;
  static constexpr bool accepts(Shape) { return true; }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr TensorList tensors(Shape) { return {}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }
  static constexpr void name(TextBuilder& text) { text << "Half"; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "any shape"; }

#if defined(FIXED)
  template <Shape In, class T>
  static void forward(auto& /*device*/, const LayerMemory<T>& memory) {
    for (index_t i = 0; i < memory.rows * In.size(); ++i) memory.y[i] = memory.x[i] / 2;
  }
#endif
};

using Net = Sequential<Shape{2}, Half>;

int main() {
  Model<Net, float, Reference> model{seed(1)};
  const Batch<float, Net::input_shape, 64> samples;
  return static_cast<int>(model.evaluate(samples).rows);
}
