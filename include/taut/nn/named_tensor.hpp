/// NamedTensor: a network's tensor as other programs know it, with PyTorch's name, shape and order.
#pragma once

#include <string>
#include <vector>

#include "taut/core/shape.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/plan.hpp"

namespace taut {

/// "0.weight" (out, in, kh, kw), "1.running_mean" (channels), …: the number is the layer's, as in torch.nn.Sequential: see LayerPath.
template <class T>
struct NamedTensor {
  std::string name;
  Shape shape{};
  std::vector<T> values;
};

namespace detail {

/// Where element `index` of a tensor in PyTorch's order lies in ours.
constexpr index_t storage_index(const LayerPlan& layer, const TensorSpec& spec, index_t index) {
  const Shape shape = spec.shape;
  if (spec.order == Order::convolution) {
    const index_t kernel = shape.d2 * shape.d3;
    const index_t tap = index % kernel, in = index / kernel % shape.d1, out = index / kernel / shape.d1;
    return (tap * shape.d1 + in) * shape.d0 + out;
  }
  if (spec.order == Order::linear) {
    index_t feature = index % shape.d1;
    if (const Shape image = layer.unflattened; image.rank() != 0) {
      const index_t pixels = image.d1 * image.d2;
      feature = feature % pixels * image.d0 + feature / pixels;
    }
    return feature * shape.d0 + index / shape.d1;
  }
  return index;
}

}  // namespace detail
}  // namespace taut
