// EXPECT: MSE expects targets of 3 but got targets of 2 (the output shape of the network)
// EXPECT-CLANG: MSE
// EXPECT-CLANG: expects targets of 3
// EXPECT-CLANG: but got targets of 2
// EXPECT-CLANG: the output shape of the network
#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"
#include "taut/nn/mse.hpp"

using namespace taut;

using Net = Sequential<Shape{4}, Linear<3>>;

#if defined(FIXED)
constexpr Shape target{3};
#else
constexpr Shape target{2};
#endif

int main() {
  Model<Net, float, Reference, 2> model{seed(1)};
  const Batch<float, Shape{4}, 2> samples;
  const Batch<float, target, 2> targets;
  return model.loss(samples, targets, MSE{}).weight == 6;
}
