/// Elementwise: an operation on the elements of operands that broadcast; what arithmetic, functions and comparisons are made of.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include "taut/core/operand_misfit.hpp"
#include "taut/core/tensor.hpp"

namespace taut {

/// Tensors, views and numbers, at least one of which isn't a number.
template <class... X>
concept Operands = ((TensorLike<X> || std::is_arithmetic_v<X>) && ...) && (TensorLike<X> || ...);

namespace operations {

/// Which elements an operation takes; `words` and `advice` are for the error about others.
struct AnyElements {
  template <class T>
  static constexpr bool takes = true;
};
struct NumberElements {
  static constexpr std::string_view words = "number", advice = "cast<int>(x)";
  template <class T>
  static constexpr bool takes = !std::is_same_v<T, bool>;
};
struct WholeElements {
  static constexpr std::string_view words = "integer or bool", advice = "";
  template <class T>
  static constexpr bool takes = std::is_integral_v<T>;
};
struct FloatElements {
  static constexpr std::string_view words = "floating-point", advice = "cast<float>(x)";
  template <class T>
  static constexpr bool takes = std::is_floating_point_v<T>;
};
struct BoolElements {
  static constexpr std::string_view words = "bool", advice = "compare first";
  template <class T>
  static constexpr bool takes = std::is_same_v<T, bool>;
};

template <class Operation, class T>
constexpr void accept_elements() {
  using Wanted = typename Operation::Elements;
  (void)diagnostics::require<Wanted::template takes<T>, diagnostics::kind_misfit<Operation, Wanted, T>>{};
}

/// A number in a tensor's place.
template <class T>
struct NumberOperand {
  using value_type = T;
  static constexpr Shape shape{};
  T value;

  const T* data() const { return &value; }
};

/// What an operation on T reads: a tensor's elements, or a number as a T.
template <class Operation, class T, class X>
auto as_operand(const X& x) {
  if constexpr (TensorLike<X>) {
    using Got = typename X::value_type;
    (void)diagnostics::require<std::is_same_v<T, Got>, diagnostics::element_misfit<Operation, T, Got>>{};
    return View<const T, X::shape>(x.view());
  } else if constexpr (std::is_floating_point_v<T>) {
    return NumberOperand<T>{static_cast<T>(x)};
  } else {
    constexpr bool fits = std::is_same_v<T, bool> ? std::is_same_v<X, bool> : std::is_integral_v<X>;
    (void)diagnostics::require<fits, diagnostics::number_misfit<Operation, T, X>>{};
    const T value = static_cast<T>(x);
    if (static_cast<X>(value) != x || (value < T{}) != (x < X{})) {
      fail(Operation::name, ": expected a number that ", type_name<T>(), " can hold, found ", +x);
    }
    return NumberOperand<T>{value};
  }
}

/// The element type of the first tensor.
template <class X, class... More>
constexpr auto find_first_element() {
  if constexpr (TensorLike<X>) return std::type_identity<typename X::value_type>{};
  else return find_first_element<More...>();
}
template <class... X>
using first_element = typename decltype(find_first_element<X...>())::type;

/// The shape of operands together.
template <class Operation, Shape First>
constexpr Shape accept_broadcast() {
  return First;
}
template <class Operation, Shape First, Shape Second, Shape... More>
constexpr Shape accept_broadcast() {
  (void)diagnostics::require<broadcasts(First, Second), diagnostics::broadcast_misfit<Operation, First, Second>>{};
  return accept_broadcast<Operation, broadcast_shape(First, Second), More...>();
}

/// A run of an operand; one that stands still is read once, so that writing can't seem to change it.
template <class T, index_t Step>
struct Run {
  const T* data;

  explicit Run(const T* begin) : data(begin) {}
  T operator[](index_t i) const { return data[Step * i]; }
};
template <class T>
struct Run<T, 0> {
  T value;

  explicit Run(const T* begin) : value(*begin) {}
  T operator[](index_t) const { return value; }
};

/// out (To) = operation(in…), element by element. An operand may be `out` itself but not overlap it otherwise.
template <class Operation, Shape To, class Out, class... In, std::size_t... N>
void apply_elementwise(std::index_sequence<N...>, Out* out, const In&... in) {
  static constexpr StridedLoops<1 + sizeof...(In)> loops{To, {row_major_steps(To), broadcast_steps(In::shape, To)...}};
  auto apply_run = [](Out* to, auto... from) {
    for (index_t i = 0; i < loops.run_length(); ++i) to[i] = Operation{}(from[i]...);
  };
  loops.for_each_run(
      [&](const auto& at) { apply_run(out + at[0], Run<typename In::value_type, loops.run_step(1 + N)>(in.data() + at[1 + N])...); });
}

/// A new tensor of operation(in…), where each operand is a View or a NumberOperand.
template <class Operation, class... In>
auto map_operands(const In&... in) {
  constexpr Shape shape = accept_broadcast<Operation, In::shape...>();
  Tensor<std::invoke_result_t<Operation, typename In::value_type...>, shape> result;
  apply_elementwise<Operation, shape>(std::index_sequence_for<In...>{}, result.data(), in...);
  return result;
}

/// A new tensor of operation(x…); all tensors are of one element type, which numbers take.
template <class Operation, class... X>
auto map(const X&... x) {
  using T = first_element<X...>;
  accept_elements<Operation, T>();
  return map_operands<Operation>(as_operand<Operation, T>(x)...);
}

}  // namespace operations

}  // namespace taut
