/// Axes: which axes of a shape an operation is about, as template arguments; -1 is the last.
#pragma once

#include "taut/core/operand_misfit.hpp"

namespace taut::operations {

/// Axis -1 of three is 2.
constexpr int counted_from_first(Shape shape, int axis) { return axis < 0 ? axis + shape.rank() : axis; }

/// `shape` without an axis.
constexpr Shape shape_without(Shape shape, int axis) {
  Extents extents;
  for (int i = 0, left = 0; i < shape.rank(); ++i) {
    if (i != axis) extents[left++] = shape[i];
  }
  return shape_of(extents);
}

/// `shape` with `extent` entries along an axis.
constexpr Shape shape_with(Shape shape, int axis, index_t extent) {
  Extents extents;
  for (int i = 0; i < shape.rank(); ++i) extents[i] = i == axis ? extent : shape[i];
  return shape_of(extents);
}

/// Axes of a shape, as flags.
struct AxisSet {
  bool has[Shape::max_rank]{};
  bool repeats = false;

  constexpr void insert(int axis) {
    if (axis < 0 || axis >= Shape::max_rank) return;
    repeats = repeats || has[axis];
    has[axis] = true;
  }
};

template <Shape S, int... Axis>
constexpr AxisSet axis_set() {
  AxisSet set;
  (set.insert(counted_from_first(S, Axis)), ...);
  return set;
}

/// Requires that each `Axis` is one of S.
template <class Operation, Shape S, int... Axis>
constexpr void accept_axes() {
  ((void)diagnostics::require<(Axis >= -S.rank() && Axis < S.rank()), diagnostics::axis_misfit<Operation, S, Axis>>{}, ...);
  (void)diagnostics::require<!axis_set<S, Axis...>().repeats, diagnostics::axes_misfit<Operation, S, false, Axis...>>{};
}

}  // namespace taut::operations
