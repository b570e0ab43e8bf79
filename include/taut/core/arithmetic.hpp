/// Arithmetic: + - * / of tensors and numbers, element by element, with broadcasting.
///
/// Tensors of one element type combine into that type; others don't convert by themselves: `cast<double>(x) + y`. A number takes the
/// tensor's type, so that `x * 0.5` of a float tensor stays float; a fraction with a tensor of integers doesn't compile, and a whole number
/// that the type can't hold throws an Error. bool is no number.
///
/// Integers wrap around where a result is too large. Their division cuts the fraction off, as torch.div does with rounding_mode="trunc";
/// divided by zero they throw an Error.
///
/// Shapes broadcast (broadcast.hpp); those that don't are an error while compiling. The compound forms write into their left side, which
/// may be a view, and never change its shape. Both sides may be the same tensor, or overlap. A division by zero that throws leaves what was
/// divided before.
///
/// https://pytorch.org/docs/stable/generated/torch.add.html, and sub, mul, div, neg beside it
#pragma once

#include <functional>

#include "taut/core/elementwise.hpp"

namespace taut {

/// A tensor or view, named or a View made on the spot, whose elements may be written.
template <class X>
concept WritableTensor = TensorLike<X> && (std::is_lvalue_reference_v<X> || std::is_trivially_copyable_v<X>) && requires(X& x) {
  requires !std::is_const_v<std::remove_pointer_t<decltype(x.view().data())>>;
};

namespace operations {

/// Integers as the unsigned type in which they wrap around, wide enough not to be promoted to int; anything else as it is.
template <class T>
constexpr auto wrapping(T x) {
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    return static_cast<std::common_type_t<std::make_unsigned_t<T>, unsigned>>(x);
  } else {
    return x;
  }
}

struct Add {
  using Elements = NumberElements;
  static constexpr std::string_view name = "operator+";
  template <class T>
  constexpr T operator()(T a, T b) const {
    return static_cast<T>(wrapping(a) + wrapping(b));
  }
};

struct Subtract {
  using Elements = NumberElements;
  static constexpr std::string_view name = "operator-";
  template <class T>
  constexpr T operator()(T a, T b) const {
    return static_cast<T>(wrapping(a) - wrapping(b));
  }
};

struct Multiply {
  using Elements = NumberElements;
  static constexpr std::string_view name = "operator*";
  template <class T>
  constexpr T operator()(T a, T b) const {
    return static_cast<T>(wrapping(a) * wrapping(b));
  }
};

struct Divide {
  using Elements = NumberElements;
  static constexpr std::string_view name = "operator/";
  template <class T>
  constexpr T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>) {
      if (b == 0) fail("operator/: expected divisors other than 0 for a tensor of integers, found 0");
      if (std::is_signed_v<T> && b == static_cast<T>(-1)) return Subtract{}(T{}, a);  // the lowest number has no counterpart
    }
    return static_cast<T>(a / b);
  }
};

struct Negate {
  using Elements = NumberElements;
  static constexpr std::string_view name = "operator-";
  template <class T>
  constexpr T operator()(T x) const {
    if constexpr (std::is_integral_v<T>) {
      return Subtract{}(T{}, x);
    } else {
      return -x;
    }
  }
};

/// Do blocks of elements share memory?
template <class T, Shape A, Shape B>
bool overlap(View<const T, A> a, View<const T, B> b) {
  return std::less<>{}(a.begin(), b.end()) && std::less<>{}(b.begin(), a.end());
}

/// into = operation(into, x).
template <class Operation, class T, Shape S, class X>
void update(View<T, S> into, const X& x) {
  accept_elements<Operation, T>();
  const auto operand = as_operand<Operation, T>(x);
  constexpr Shape got = decltype(operand)::shape, together = accept_broadcast<Operation, S, got>();
  (void)diagnostics::require<together == S, diagnostics::in_place_misfit<Operation, S, got, together>>{};
  const View<const T, S> before = into;
  constexpr auto both = std::make_index_sequence<2>{};
  if constexpr (TensorLike<X> && got.rank() != 0) {
    const bool same = before.data() == operand.data() && got == S;
    if (!same && overlap(before, operand)) {
      apply_elementwise<Operation, S>(both, into.data(), before, Tensor<T, got>(operand));
      return;
    }
  }
  apply_elementwise<Operation, S>(both, into.data(), before, operand);
}

}  // namespace operations

template <class A, class B>
  requires Operands<A, B>
auto operator+(const A& a, const B& b) {
  return operations::map<operations::Add>(a, b);
}
template <class A, class B>
  requires Operands<A, B>
auto operator-(const A& a, const B& b) {
  return operations::map<operations::Subtract>(a, b);
}
template <class A, class B>
  requires Operands<A, B>
auto operator*(const A& a, const B& b) {
  return operations::map<operations::Multiply>(a, b);
}
template <class A, class B>
  requires Operands<A, B>
auto operator/(const A& a, const B& b) {
  return operations::map<operations::Divide>(a, b);
}
template <TensorLike X>
auto operator-(const X& x) {
  return operations::map<operations::Negate>(x);
}

template <WritableTensor Into, class X>
  requires Operands<X, std::remove_reference_t<Into>>
Into operator+=(Into&& into, const X& x) {
  operations::update<operations::Add>(into.view(), x);
  return into;
}
template <WritableTensor Into, class X>
  requires Operands<X, std::remove_reference_t<Into>>
Into operator-=(Into&& into, const X& x) {
  operations::update<operations::Subtract>(into.view(), x);
  return into;
}
template <WritableTensor Into, class X>
  requires Operands<X, std::remove_reference_t<Into>>
Into operator*=(Into&& into, const X& x) {
  operations::update<operations::Multiply>(into.view(), x);
  return into;
}
template <WritableTensor Into, class X>
  requires Operands<X, std::remove_reference_t<Into>>
Into operator/=(Into&& into, const X& x) {
  operations::update<operations::Divide>(into.view(), x);
  return into;
}

}  // namespace taut
