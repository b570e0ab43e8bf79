/// Broadcast: the shape of operands that are repeated to fit one another.
#pragma once

#include <algorithm>

#include "taut/core/strided_loops.hpp"

namespace taut {

/// Shapes broadcast where their axes, counted from the last, are equal, or one of them is 1 or absent.
/// https://pytorch.org/docs/stable/notes/broadcasting.html
constexpr bool broadcasts(Shape a, Shape b) {
  for (int last = 1; last <= std::min(a.rank(), b.rank()); ++last) {
    const index_t left = a[a.rank() - last], right = b[b.rank() - last];
    if (left != right && left != 1 && right != 1) return false;
  }
  return true;
}

/// What two shapes that broadcast become: 2x1x3 and 4x3 become 2x4x3.
constexpr Shape broadcast_shape(Shape a, Shape b) {
  const int rank = std::max(a.rank(), b.rank());
  operations::Extents extents{};
  for (int last = 1; last <= rank; ++last) {
    const index_t left = last <= a.rank() ? a[a.rank() - last] : 1, right = last <= b.rank() ? b[b.rank() - last] : 1;
    extents[rank - last] = std::max(left, right);
  }
  return operations::shape_of(extents);
}

namespace operations {

/// How an operand of the shape `from` moves in loops over the shape `to`: not at all along the axes in which it is repeated.
constexpr Extents broadcast_steps(Shape from, Shape to) {
  const Extents row_major = row_major_steps(from);
  Extents steps{};
  for (int last = 1; last <= from.rank(); ++last) {
    if (from[from.rank() - last] != 1) steps[to.rank() - last] = row_major[from.rank() - last];
  }
  return steps;
}

}  // namespace operations

}  // namespace taut
