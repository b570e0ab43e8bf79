// EXPECT: this device has no dense loss kernels (soft_cross_entropy, mse, huber, bce_with_logits)
#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"
#include "taut/nn/mse.hpp"

using namespace taut;

using Net = Sequential<Shape{4}, Linear<3>>;

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
  const Batch<float, Net::output_shape, 2> targets;
  return model.loss(samples, targets, MSE{}).weight == 6;
}
