/// Slice: part of a tensor along one axis.
#pragma once

#include "taut/core/axes.hpp"
#include "taut/core/elementwise.hpp"

namespace taut {

namespace operations {

struct Slice {
  static constexpr std::string_view name = "slice";
};

/// Stands for where an axis ends.
inline constexpr index_t end_of_axis = static_cast<index_t>(-1);

}  // namespace operations

namespace diagnostics {

template <Shape S, index_t Begin, index_t End, index_t Step, index_t Extent>
struct slice_misfit : about_operation<operations::Slice, S> {
  static constexpr TextBuilder wanted() { return slice_misfit::say("expects some of ", Extent, " entries"); }
  static constexpr TextBuilder got() {
    if (Step == 0) return slice_misfit::say("but got a step of 0");
    return slice_misfit::say("but got ", Begin, " to ", End);
  }
  static constexpr TextBuilder where() { return slice_misfit::say("the end is not part of it"); }
};

}  // namespace diagnostics

/// A new tensor of the entries Begin, Begin + Step… before End along an axis: Python's x[:, Begin:End:Step] is
/// `slice<1, Begin, End, Step>(x)`. Without an End, up to the last. At least one entry, and none beyond the axis: checked while compiling.
/// The outermost axis' entry i is also the view `x[i]`.
template <int Axis, index_t Begin, index_t End = operations::end_of_axis, index_t Step = 1, TensorLike X>
auto slice(const X& x) {
  constexpr Shape from = X::shape;
  operations::accept_axes<operations::Slice, from, Axis>();
  constexpr int axis = operations::counted_from_first(from, Axis);
  constexpr index_t end = End == operations::end_of_axis ? from[axis] : End;
  constexpr bool fits = Begin < end && end <= from[axis] && Step > 0;
  (void)diagnostics::require<fits, diagnostics::slice_misfit<from, Begin, end, Step, from[axis]>>{};
  if constexpr (fits) {
    constexpr Shape to = operations::shape_with(from, axis, (end - Begin + Step - 1) / Step);
    constexpr operations::Extents apart = operations::row_major_steps(from);
    operations::Extents steps = apart;
    steps[axis] *= Step;
    Tensor<typename X::value_type, to> result;
    operations::copy_strided(result.data(), x.view().data() + Begin * apart[axis],
                             operations::StridedLoops<2>{to, {operations::row_major_steps(to), steps}});
    return result;
  }
}

}  // namespace taut
