// EXPECT: the model expects batches of at most 64 rows but got one of up to 65 (the fourth argument of Model)
// EXPECT-CLANG: the model
// EXPECT-CLANG: expects batches of at most 64 rows
// EXPECT-CLANG: but got one of up to 65
// EXPECT-CLANG: the fourth argument of Model
#include <cstdint>
#include <vector>

#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;

using Net = Sequential<Shape{1, 4, 4}, Flatten, Linear<7>>;

#if defined(FIXED)
constexpr index_t rows = 64;
#else
constexpr index_t rows = 65;
#endif

int main() {
  Model<Net, float, Reference, 64> model{seed(1)};
  const Batch<float, Shape{1, 4, 4}, rows> images;
  return static_cast<int>(model.evaluate(images).rows);
}
