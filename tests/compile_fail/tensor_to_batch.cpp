// EXPECT: a tensor of 3x4x5 expects values of 3x4x5 but got 3x5x4 (a copy between shapes)
// EXPECT-CLANG: a tensor of 3x4x5
// EXPECT-CLANG: expects values of 3x4x5
// EXPECT-CLANG: but got 3x5x4
// EXPECT-CLANG: a copy between shapes
#include "taut/core/channels_last.hpp"

using namespace taut;

int main() {
  const Tensor<float, Shape{3, 5, 4}> image;
#if defined(FIXED)
  Batch<float, Shape{3, 5, 4}, 2> batch;
#else
  Batch<float, Shape{3, 4, 5}, 2> batch;
#endif
  to_channels_last(image, batch.view(), 1);
}
