// EXPECT: a layer with Role::custom lacks backward<Input>(device, memory)
#include <cstdint>
#include <vector>

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

  template <Shape In, class T>
  static void forward(auto& /*device*/, const LayerMemory<T>& memory) {
    for (index_t i = 0; i < memory.rows * In.size(); ++i) memory.y[i] = memory.x[i] / 2;
  }
#if defined(FIXED)
  template <Shape In, class T>
  static void backward(auto& /*device*/, const LayerMemory<T>& memory) {
    if (memory.dx == nullptr) return;
    for (index_t i = 0; i < memory.rows * In.size(); ++i) memory.dx[i] = memory.dy[i] / 2;
  }
#endif
};

using Net = Sequential<Shape{2}, Half>;

int main() {
  Model<Net, float, Reference> model{seed(1)};
  const Batch<float, Net::input_shape, 64> samples;
  const std::vector<std::int32_t> labels(samples.rows());
  return static_cast<int>(model.forward_backward(samples, labels, CrossEntropy<2>{}).correct);
}
