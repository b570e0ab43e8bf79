// EXPECT: CrossEntropy<8> expects 8 logits but got 7 (the output shape of the network)
// EXPECT-CLANG: CrossEntropy<8>
// EXPECT-CLANG: expects 8 logits
// EXPECT-CLANG: but got 7
// EXPECT-CLANG: the output shape of the network
#include <cstdint>
#include <vector>

#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;

using Net = Sequential<Shape{1, 4, 4}, Flatten, Linear<7>>;

#if defined(FIXED)
constexpr index_t classes = 7;
#else
constexpr index_t classes = 8;
#endif

int main() {
  Model<Net, float, Reference, 2> model{seed(1)};
  const Batch<float, Shape{1, 4, 4}, 2> images;
  const std::vector<std::int32_t> labels(2);
  return model.forward_backward(images, labels, CrossEntropy<classes>{}).correct == 2;
}
