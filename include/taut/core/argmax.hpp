/// Argmax: where the largest or the smallest element is.
#pragma once

#include "taut/core/axes.hpp"
#include "taut/core/elementwise.hpp"

namespace taut {

namespace operations {

/// Does `x` come before `best`? NaN comes before everything else.
struct ArgMax {
  using Elements = NumberElements;
  static constexpr std::string_view name = "argmax";
  template <class T>
  constexpr bool operator()(T x, T best) const {
    return x > best || (x != x && best == best);
  }
};

struct ArgMin {
  using Elements = NumberElements;
  static constexpr std::string_view name = "argmin";
  template <class T>
  constexpr bool operator()(T x, T best) const {
    return x < best || (x != x && best == best);
  }
};

/// The first of `length` elements, `step` apart, that no other comes before.
template <class Operation, class T>
index_t first_place(const T* from, index_t length, index_t step) {
  index_t place = 0;
  for (index_t i = 1; i < length; ++i) {
    if (Operation{}(from[i * step], from[place * step])) place = i;
  }
  return place;
}

template <class Operation, class X>
index_t place(const X& x) {
  accept_elements<Operation, typename X::value_type>();
  return first_place<Operation>(x.view().data(), X::shape.size(), 1);
}

template <class Operation, int Axis, class X>
auto places(const X& x) {
  constexpr Shape from = X::shape;
  accept_elements<Operation, typename X::value_type>();
  accept_axes<Operation, from, Axis>();
  constexpr int axis = counted_from_first(from, Axis);
  constexpr index_t length = from[axis], step = row_major_steps(from)[axis];
  Tensor<index_t, shape_without(from, axis)> result;
  for (index_t i = 0; i < result.size(); ++i) {
    result.data()[i] = first_place<Operation>(x.view().data() + i / step * length * step + i % step, length, step);
  }
  return result;
}

}  // namespace operations

/// Where the largest element is: its number in row-major order. The first of equal ones; the first NaN where there is one.
/// https://pytorch.org/docs/stable/generated/torch.argmax.html
template <TensorLike X>
index_t argmax(const X& x) {
  return operations::place<operations::ArgMax>(x);
}

/// Where the largest elements along an axis are, as a tensor of index_t without that axis.
template <int Axis, TensorLike X>
auto argmax(const X& x) {
  return operations::places<operations::ArgMax, Axis>(x);
}

/// Where the smallest element is: its number in row-major order. The first of equal ones; the first NaN where there is one.
/// https://pytorch.org/docs/stable/generated/torch.argmin.html
template <TensorLike X>
index_t argmin(const X& x) {
  return operations::place<operations::ArgMin>(x);
}

/// Where the smallest elements along an axis are, as a tensor of index_t without that axis.
template <int Axis, TensorLike X>
auto argmin(const X& x) {
  return operations::places<operations::ArgMin, Axis>(x);
}

}  // namespace taut
