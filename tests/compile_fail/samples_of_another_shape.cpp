// EXPECT: the model expects samples of 1x4x4 but got samples of 3x4x4 (the input shape of the network)
// EXPECT-CLANG: the model
// EXPECT-CLANG: expects samples of 1x4x4
// EXPECT-CLANG: but got samples of 3x4x4
// EXPECT-CLANG: the input shape of the network
#include <cstdint>
#include <vector>

#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;

using Net = Sequential<Shape{1, 4, 4}, Flatten, Linear<7>>;

#if defined(FIXED)
constexpr Shape sample{1, 4, 4};
#else
constexpr Shape sample{3, 4, 4};
#endif

int main() {
  Model<Net, float, Reference> model{seed(1)};
  const Batch<float, sample, 64> images;
  return static_cast<int>(model.evaluate(images).rows);
}
