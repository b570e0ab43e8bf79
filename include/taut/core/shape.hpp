/// Shape: the extents of one sample, known while compiling.
#pragma once

#include <cstddef>

namespace taut {

using index_t = std::size_t;

/// Extents, outermost first; 0 means "no such axis".
/// An aggregate of scalars: g++ prints it legibly in an error, and nvcc can write it back into host code (it cannot for arrays).
/// An image sample is (channels, height, width), as in PyTorch.
struct Shape {
  index_t d0 = 0, d1 = 0, d2 = 0, d3 = 0;

  static constexpr int max_rank = 4;

  constexpr index_t operator[](int axis) const { return axis == 0 ? d0 : axis == 1 ? d1 : axis == 2 ? d2 : d3; }

  constexpr int rank() const { return d0 == 0 ? 0 : d1 == 0 ? 1 : d2 == 0 ? 2 : d3 == 0 ? 3 : 4; }

  /// The number of elements; a shape without axes is one scalar.
  constexpr index_t size() const {
    index_t elements = 1;
    for (int axis = 0; axis < rank(); ++axis) elements *= (*this)[axis];
    return elements;
  }

  friend constexpr bool operator==(const Shape&, const Shape&) = default;
};

/// An image sample has three axes: channels, height, width.
constexpr bool is_image(Shape shape) { return shape.rank() == 3; }

/// Whether channels last is another order than PyTorch's: an image of several channels and several pixels.
constexpr bool lies_channels_last(Shape shape) { return is_image(shape) && shape.d0 > 1 && shape.d1 * shape.d2 > 1; }

}  // namespace taut
