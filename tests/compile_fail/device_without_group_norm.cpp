// EXPECT: this device has no group normalisation kernels (group_norm_workspace, group_norm_forward, group_norm_backward)
#include <cstdint>
#include <vector>

#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;

using Net = Sequential<Shape{1, 4, 4}, LayerNorm>;

struct Bare {};

#if defined(FIXED)
using Chosen = Reference;
#else
using Chosen = Bare;
#endif

int main() {
  Model<Net, float, Chosen> model{seed(1)};
  const Batch<float, Net::input_shape, 64> samples;
  return static_cast<int>(model.evaluate(samples).rows);
}
