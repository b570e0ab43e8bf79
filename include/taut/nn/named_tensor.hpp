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

/// Where element `index` of an image in PyTorch's order lies channels last.
constexpr index_t channels_last_index(Shape image, index_t index) {
  const index_t pixels = image.d1 * image.d2;
  return index % pixels * image.d0 + index / pixels;
}

/// Where element `index` of a tensor in PyTorch's order lies in ours.
constexpr index_t storage_index(const LayerPlan& layer, const TensorSpec& spec, index_t index) {
  const Shape shape = spec.shape;
  if (spec.order == Order::convolution) {
    const index_t kernel = shape.size() / (shape.d0 * shape.d1);
    const index_t tap = index % kernel, in = index / kernel % shape.d1, out = index / kernel / shape.d1;
    return (tap * shape.d1 + in) * shape.d0 + out;
  }
  if (spec.order == Order::linear) {
    index_t feature = index % shape.d1;
    if (layer.unflattened.rank() != 0) feature = channels_last_index(layer.unflattened, feature);
    return feature * shape.d0 + index / shape.d1;
  }
  if (spec.order == Order::sample) {
    const Shape image = is_image(shape) ? shape : layer.unflattened;
    if (image.rank() != 0) return channels_last_index(image, index);
  }
  return index;
}

}  // namespace detail
}  // namespace taut
