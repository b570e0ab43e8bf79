/// Permute: axes in another order.
#pragma once

#include "taut/core/axes.hpp"
#include "taut/core/elementwise.hpp"

namespace taut {

namespace operations {

struct Permute {
  static constexpr std::string_view name = "permute";
};

struct Transpose {
  static constexpr std::string_view name = "transpose";
};

/// `from` moved into the order of `Axis`, which are counted from the first.
template <int... Axis, class T, Shape S>
auto permuted(View<const T, S> x) {
  [[maybe_unused]] constexpr Extents steps = row_major_steps(S);
  constexpr Shape to = shape_of({{S[Axis]...}});
  constexpr StridedLoops<2> loops{to, {row_major_steps(to), Extents{{steps[Axis]...}}}};
  Tensor<T, to> result;
  copy_strided(result.data(), x.data(), loops);
  return result;
}

template <int First, int Second, class T, Shape S, int... Axis>
auto transposed(View<const T, S> x, std::integer_sequence<int, Axis...>) {
  constexpr int first = counted_from_first(S, First), second = counted_from_first(S, Second);
  return permuted<(Axis == first ? second : Axis == second ? first : Axis)...>(x);
}

}  // namespace operations

/// A new tensor whose axis i is axis `Axis[i]` of x: `permute<2, 0, 1>` makes (channels, height, width) of (height, width, channels).
/// Takes each axis once. https://pytorch.org/docs/stable/generated/torch.permute.html
template <int... Axis, TensorLike X>
auto permute(const X& x) {
  constexpr Shape from = X::shape;
  operations::accept_axes<operations::Permute, from, Axis...>();
  (void)diagnostics::require<sizeof...(Axis) == from.rank(), diagnostics::axes_misfit<operations::Permute, from, true, Axis...>>{};
  return operations::permuted<operations::counted_from_first(from, Axis)...>(View<const typename X::value_type, from>(x.view()));
}

/// A new tensor with two axes exchanged. https://pytorch.org/docs/stable/generated/torch.transpose.html
template <int First, int Second, TensorLike X>
auto transpose(const X& x) {
  constexpr Shape from = X::shape;
  operations::accept_axes<operations::Transpose, from, First>();
  operations::accept_axes<operations::Transpose, from, Second>();
  return operations::transposed<First, Second>(View<const typename X::value_type, from>(x.view()),
                                               std::make_integer_sequence<int, from.rank()>{});
}

}  // namespace taut
