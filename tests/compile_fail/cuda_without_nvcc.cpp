// EXPECT: this device is declared here but not defined: Cuda is defined in taut/cuda.cuh, for files that nvcc compiles
#include "taut/device/cuda.hpp"
#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;

using Net = Sequential<Shape{4}, Linear<7>>;

#if defined(FIXED)
using Chosen = Reference;
#else
using Chosen = Cuda;
#endif

int main() {
  Model<Net, float, Chosen> model{seed(1)};
  const Batch<float, Net::input_shape, 64> samples;
  return static_cast<int>(model.evaluate(samples).rows);
}
