// EXPECT: a layer with Role::custom lacks append_onnx(chain, layer, tensors)
#include <string>
#include <vector>

#include "taut/device/reference.hpp"
#include "taut/io/onnx.hpp"
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
  static void append_onnx(auto& chain, const LayerPlan&, const std::vector<std::string>&) {
    chain.then({"Mul", {chain.constant(std::vector<float>{0.5F})}});
  }
#endif
};

using Net = Sequential<Shape{2}, Half>;

int main() {
  Model<Net, float, Reference> model{seed(1)};
  const Batch<float, Net::input_shape, 64> samples;
  return static_cast<int>(model.evaluate(samples).rows + encode_onnx(model).size());
}
