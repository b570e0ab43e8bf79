/// Concatenate: tensors one after the other along an axis, or side by side along a new one.
#pragma once

#include "taut/core/axes.hpp"
#include "taut/core/elementwise.hpp"

namespace taut {

namespace operations {

struct Concatenate {
  static constexpr std::string_view name = "concatenate";
};

struct Stack {
  static constexpr std::string_view name = "stack";
};

/// `shape` with a new axis of one entry, number `axis` of the result.
constexpr Shape shape_with_new(Shape shape, int axis) {
  Extents extents;
  for (int i = 0; i <= shape.rank(); ++i) extents[i] = i < axis ? shape[i] : i == axis ? 1 : shape[i - 1];
  return shape_of(extents);
}

/// Views that differ along `Axis` alone, one after the other.
template <int Axis, class T, Shape First, Shape... More>
auto concatenated(View<const T, First> first, View<const T, More>... more) {
  constexpr Shape to = shape_with(First, Axis, (First[Axis] + ... + More[Axis]));
  constexpr index_t inner = row_major_steps(First)[Axis], outer = First.size() / First[Axis] / inner;
  Tensor<T, to> result;
  T* out = result.data();
  auto append = [&](const auto& from, index_t i) {
    const index_t length = from.shape[Axis] * inner;
    out = std::copy_n(from.data() + i * length, length, out);
  };
  for (index_t i = 0; i < outer; ++i) {
    append(first, i);
    (append(more, i), ...);
  }
  return result;
}

}  // namespace operations

namespace diagnostics {

template <Shape S, Shape Got, int Axis>
struct concatenate_misfit : about_operation<operations::Concatenate, S, Got> {
  static constexpr TextBuilder wanted() {
    return concatenate_misfit::say("expects its shape but for axis ", concatenate_misfit::number(Axis).view());
  }
  static constexpr TextBuilder got() { return concatenate_misfit::say("but got ", concatenate_misfit::word(Got).view()); }
  static constexpr TextBuilder where() { return concatenate_misfit::say("tensors of one concatenation"); }
};

template <Shape S, Shape Got>
struct stack_misfit : about_operation<operations::Stack, S, Got> {
  static constexpr TextBuilder wanted() { return stack_misfit::say("expects ", stack_misfit::word(S).view(), " again"); }
  static constexpr TextBuilder got() { return stack_misfit::say("but got ", stack_misfit::word(Got).view()); }
  static constexpr TextBuilder where() { return stack_misfit::say("tensors of one stack"); }
};

template <Shape S>
struct stack_rank_misfit : about_operation<operations::Stack, S> {
  static constexpr TextBuilder wanted() {
    return stack_rank_misfit::say("expects at most ", static_cast<index_t>(Shape::max_rank - 1), " axes");
  }
  static constexpr TextBuilder got() { return stack_rank_misfit::say("but got ", static_cast<index_t>(S.rank())); }
  static constexpr TextBuilder where() { return stack_rank_misfit::say("the stack has one more"); }
};

}  // namespace diagnostics

/// A new tensor of all entries along an axis, in the order of the arguments. Requires one element type, and shapes that differ along the
/// axis alone. https://pytorch.org/docs/stable/generated/torch.concatenate.html
template <int Axis, TensorLike X, TensorLike... More>
auto concatenate(const X& x, const More&... more) {
  using T = typename X::value_type;
  constexpr Shape first = X::shape;
  operations::accept_axes<operations::Concatenate, first, Axis>();
  constexpr int axis = operations::counted_from_first(first, Axis);
  ((void)diagnostics::require<std::is_same_v<T, typename More::value_type>,
                              diagnostics::element_misfit<operations::Concatenate, T, typename More::value_type>>{},
   ...);
  ((void)diagnostics::require<operations::shape_with(More::shape, axis, 1) == operations::shape_with(first, axis, 1),
                              diagnostics::concatenate_misfit<first, More::shape, Axis>>{},
   ...);
  return operations::concatenated<axis>(View<const T, first>(x.view()), View<const T, More::shape>(more.view())...);
}

/// A new tensor with a new axis, along which each argument is one entry: `stack<0>` of three images is 3 x channels x height x width.
/// Requires one element type and one shape of at most three axes. https://pytorch.org/docs/stable/generated/torch.stack.html
template <int Axis, TensorLike X, TensorLike... More>
auto stack(const X& x, const More&... more) {
  using T = typename X::value_type;
  constexpr Shape from = X::shape;
  (void)diagnostics::require<(from.rank() < Shape::max_rank), diagnostics::stack_rank_misfit<from>>{};
  ((void)diagnostics::require<std::is_same_v<T, typename More::value_type>,
                              diagnostics::element_misfit<operations::Stack, T, typename More::value_type>>{},
   ...);
  ((void)diagnostics::require<More::shape == from, diagnostics::stack_misfit<from, More::shape>>{}, ...);
  if constexpr (from.rank() < Shape::max_rank) {
    // The axis is one of the result's, which has one more.
    operations::accept_axes<operations::Stack, operations::shape_with_new(from, 0), Axis>();
    constexpr int axis = operations::counted_from_first(operations::shape_with_new(from, 0), Axis);
    constexpr Shape entry = operations::shape_with_new(from, axis);
    return operations::concatenated<axis>(View<const T, entry>(x.view().data()), View<const T, entry>(more.view().data())...);
  }
}

}  // namespace taut
