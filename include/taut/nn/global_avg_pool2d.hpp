/// GlobalAvgPool2d: the mean of each channel over the image.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/layer.hpp"

namespace taut {

/// (C, H, W) → (C, 1, 1): https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html with an output size of 1.
struct GlobalAvgPool2d {
  static constexpr Role role = Role::average_pooling;

  static constexpr bool accepts(Shape in) { return is_image(in); }
  static constexpr Shape output_shape(Shape in) { return {in.d0, 1, 1}; }
  static constexpr AveragePoolGeometry geometry(Shape in) {
    return {.channels = in.d0, .in_height = in.d1, .in_width = in.d2, .vertical = {in.d1, in.d1}, .horizontal = {in.d2, in.d2}};
  }
  static constexpr TensorList tensors(Shape) { return TensorList{}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }
  static constexpr void name(TextBuilder& text) { text << "GlobalAvgPool2d"; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "channels x height x width"; }
};

}  // namespace taut
