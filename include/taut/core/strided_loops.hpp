/// StridedLoops: nested loops over operands of one shape, the innermost plain enough for the compiler to vectorise.
#pragma once

#include <algorithm>
#include <array>

#include "taut/core/shape.hpp"

namespace taut::operations {

/// One number an axis, outermost first: a Shape that may be written axis by axis, or steps.
struct Extents {
  index_t values[Shape::max_rank]{};

  constexpr index_t& operator[](int axis) { return values[axis]; }
  constexpr index_t operator[](int axis) const { return values[axis]; }
};

constexpr Shape shape_of(const Extents& extents) { return {extents[0], extents[1], extents[2], extents[3]}; }

/// How far apart neighbours along each axis of a row-major block lie.
constexpr Extents row_major_steps(Shape shape) {
  Extents steps{};
  index_t step = 1;
  for (int axis = shape.rank(); axis-- > 0;) {
    steps[axis] = step;
    step *= shape[axis];
  }
  return steps;
}

/// Loops over four axes, the innermost last. Operand `i` moves by `steps[i][axis]` elements.
template <std::size_t Operands>
struct StridedLoops {
  Extents extents{{1, 1, 1, 1}};
  std::array<Extents, Operands> steps{};

  /// Over `shape`: axes of one element are left out, and neighbouring axes along which every operand moves evenly become one, so that
  /// operands of one shape are a single run.
  constexpr StridedLoops(Shape shape, const std::array<Extents, Operands>& operand_steps) {
    int outermost = Shape::max_rank;
    for (int axis = shape.rank(); axis-- > 0;) {
      if (shape[axis] == 1) continue;
      bool joins = outermost < Shape::max_rank;
      for (std::size_t i = 0; i < Operands && joins; ++i) {
        joins = operand_steps[i][axis] == steps[i][outermost] * extents[outermost];
      }
      if (joins) {
        extents[outermost] *= shape[axis];
      } else {
        extents[--outermost] = shape[axis];
        for (std::size_t i = 0; i < Operands; ++i) steps[i][outermost] = operand_steps[i][axis];
      }
    }
  }

  constexpr index_t run_length() const { return extents[3]; }
  constexpr index_t run_step(std::size_t operand) const { return steps[operand][3]; }

  /// Calls visit(offsets) for every run of the innermost axis: where each operand's run begins.
  template <class Visit>
  constexpr void for_each_run(Visit&& visit) const {
    for (index_t i = 0; i < extents[0]; ++i) {
      for (index_t j = 0; j < extents[1]; ++j) {
        for (index_t k = 0; k < extents[2]; ++k) {
          std::array<index_t, Operands> offsets{};
          for (std::size_t n = 0; n < Operands; ++n) offsets[n] = steps[n][0] * i + steps[n][1] * j + steps[n][2] * k;
          visit(offsets);
        }
      }
    }
  }
};

/// Copies from operand 1 to operand 0, which lies without gaps.
template <class T>
void copy_strided(T* to, const T* from, const StridedLoops<2>& loops) {
  loops.for_each_run([&](const auto& at) {
    if (loops.run_step(1) == 1) {
      std::copy_n(from + at[1], loops.run_length(), to + at[0]);
    } else {
      for (index_t i = 0; i < loops.run_length(); ++i) to[at[0] + i] = from[at[1] + i * loops.run_step(1)];
    }
  });
}

}  // namespace taut::operations
