// EXPECT: this device has no kernels for a bias (add_bias, column_sums_workspace, column_sums)
#include <cstdint>

#include "taut/device/reference.hpp"
#include "taut/nn.hpp"
#include "taut/nn/model.hpp"

using namespace taut;

using Net = Sequential<Shape{2, 3, 3}, ConvTranspose2d<2, 2>>;

/// Convolutions and nothing else.
struct Bare {
  template <Conv2dGeometry G, class T>
  index_t conv2d_workspace(index_t) const {
    return 0;
  }
  template <Conv2dGeometry G, class T>
  void conv2d_forward(index_t, const T*, const T*, const T*, Activation, T*, T*) {}
  template <Conv2dGeometry G, class T>
  void conv2d_backward(index_t, const T*, const T*, const T*, T*, T*, T*, T*) {}
};

#if defined(FIXED)
using Chosen = Reference;
#else
using Chosen = Bare;
#endif

int main() {
  Model<Net, float, Chosen> model{seed(1)};
  const Batch<float, Net::input_shape, 64> samples;
  return static_cast<int>(model.evaluate(samples).rows);
}
