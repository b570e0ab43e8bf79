/// Reshape: the same elements in another shape.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/options.hpp"

namespace taut {

/// `Reshape<256, 3, 3>`: any shape of as many elements → (256, 3, 3), as https://pytorch.org/docs/stable/generated/torch.Tensor.view.html
/// does it for each sample, and https://pytorch.org/docs/stable/generated/torch.nn.Unflatten.html for a vector: elements keep PyTorch's
/// order, channels outermost. Images lie channels last in memory, so that elements move where an image becomes another or a vector.
/// One to four extents.
template <index_t... Extents>
struct Reshape {
 private:
  static_assert(sizeof...(Extents) >= 1 && sizeof...(Extents) <= Shape::max_rank && ((Extents > 0) && ...),
                "Reshape takes one to four extents of at least 1");
  static constexpr Shape shape{Extents...};

 public:
  static constexpr Role role = Role::reshape;

  static constexpr bool accepts(Shape in) { return in.size() == shape.size(); }
  static constexpr Shape output_shape(Shape) { return shape; }
  /// `unflattened` is the image behind a vector that still lies channels last, as LayerPlan has it.
  static constexpr ReshapeGeometry geometry(Shape in, Shape unflattened) {
    const Shape from = unflattened.rank() != 0 ? unflattened : in;
    return {.size = in.size(), .from_channels = channels_of(from), .to_channels = channels_of(shape)};
  }
  static constexpr TensorList tensors(Shape) { return TensorList{}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }

  static constexpr void name(TextBuilder& text) {
    text << "Reshape<";
    detail::write_arguments<Extents...>(text);
    text << ">";
  }

  static constexpr void expects(Shape, TextBuilder& text) { text << shape.size() << " elements"; }
  static constexpr void hint(Shape in, TextBuilder& text) {
    if (in.rank() > 1) text << in << " = " << in.size();
  }

 private:
  static constexpr index_t channels_of(Shape of) { return lies_channels_last(of) ? of.d0 : 1; }
};

}  // namespace taut
