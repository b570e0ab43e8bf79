// EXPECT: this device has no loss kernels (cross_entropy, softmax)
#include <cstdint>
#include <vector>

#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;

using Net = Sequential<Shape{4}, Linear<7>>;

#if defined(FIXED)
using Chosen = Reference;
#else
/// The linear kernels alone.
class Chosen : Reference {
 public:
  using Reference::linear_backward_input, Reference::linear_backward_weight, Reference::linear_forward, Reference::linear_workspace;
};
#endif

int main() {
  Model<Net, float, Chosen, 2> model{seed(1)};
  const Batch<float, Net::input_shape, 2> samples;
  const std::vector<std::int32_t> labels(2);
  return model.loss(samples, labels, CrossEntropy<7>{}).correct == 2;
}
