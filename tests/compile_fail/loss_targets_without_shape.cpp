// EXPECT: this loss takes its targets as a Batch or a BatchView of the network's output shape
#include <vector>

#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/huber.hpp"
#include "taut/nn/model.hpp"

using namespace taut;

using Net = Sequential<Shape{4}, Linear<3>>;

int main() {
  Model<Net, float, Reference, 2> model{seed(1)};
  const Batch<float, Shape{4}, 2> samples;
#if defined(FIXED)
  const Batch<float, Shape{3}, 2> targets;
#else
  const std::vector<float> targets(6);
#endif
  return model.loss(samples, targets, Huber{}).weight == 6;
}
