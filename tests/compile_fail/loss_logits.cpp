// EXPECT: BCEWithLogits<2> expects 2 logits but got 3 (the output shape of the network)
// EXPECT-CLANG: BCEWithLogits<2>
// EXPECT-CLANG: expects 2 logits
// EXPECT-CLANG: but got 3
// EXPECT-CLANG: the output shape of the network
#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/bce_with_logits.hpp"
#include "taut/nn/model.hpp"

using namespace taut;

using Net = Sequential<Shape{4}, Linear<3>>;

#if defined(FIXED)
constexpr index_t classes = 3;
#else
constexpr index_t classes = 2;
#endif

int main() {
  Model<Net, float, Reference, 2> model{seed(1)};
  const Batch<float, Shape{4}, 2> samples;
  const Batch<float, Shape{3}, 2> targets;
  return model.forward_backward(samples, targets, BCEWithLogits<classes>{}).weight == 6;
}
