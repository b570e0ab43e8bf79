/// Functions: abs, exp, log, sqrt, pow, minimum, maximum, clamp and where, element by element.
///
/// Each makes a new tensor; operands broadcast and combine as those of arithmetic do (arithmetic.hpp). Definitions are PyTorch's:
/// https://pytorch.org/docs/stable/torch.html#pointwise-ops
#pragma once

#include <cmath>

#include "taut/core/arithmetic.hpp"

namespace taut {

namespace operations {

struct Abs {
  using Elements = NumberElements;
  static constexpr std::string_view name = "abs";
  template <class T>
  T operator()(T x) const {
    if constexpr (std::is_integral_v<T>) {
      return x < T{} ? Negate{}(x) : x;
    } else {
      return std::abs(x);
    }
  }
};

struct Exp {
  using Elements = FloatElements;
  static constexpr std::string_view name = "exp";
  template <class T>
  T operator()(T x) const {
    return std::exp(x);
  }
};

struct Log {
  using Elements = FloatElements;
  static constexpr std::string_view name = "log";
  template <class T>
  T operator()(T x) const {
    return std::log(x);
  }
};

struct Sqrt {
  using Elements = FloatElements;
  static constexpr std::string_view name = "sqrt";
  template <class T>
  T operator()(T x) const {
    return std::sqrt(x);
  }
};

struct Pow {
  using Elements = FloatElements;
  static constexpr std::string_view name = "pow";
  template <class T>
  T operator()(T base, T exponent) const {
    return std::pow(base, exponent);
  }
};

/// NaN where either is NaN: only NaN differs from itself.
struct Maximum {
  using Elements = NumberElements;
  static constexpr std::string_view name = "maximum";
  template <class T>
  constexpr T operator()(T a, T b) const {
    return a > b || a != a ? a : b;
  }
};

struct Minimum {
  using Elements = NumberElements;
  static constexpr std::string_view name = "minimum";
  template <class T>
  constexpr T operator()(T a, T b) const {
    return a < b || a != a ? a : b;
  }
};

struct Clamp {
  using Elements = NumberElements;
  static constexpr std::string_view name = "clamp";
  template <class T>
  constexpr T operator()(T x, T low, T high) const {
    return Minimum{}(Maximum{}(x, low), high);
  }
};

struct Where {
  using Elements = AnyElements;
  static constexpr std::string_view name = "where";
  template <class T>
  constexpr T operator()(bool condition, T a, T b) const {
    return condition ? a : b;
  }
};

/// The first operand of `where`.
struct Condition {
  using Elements = BoolElements;
  static constexpr std::string_view name = "the condition of where";
};

}  // namespace operations

/// |x|. The lowest integer of a signed type stays what it is.
template <TensorLike X>
auto abs(const X& x) {
  return operations::map<operations::Abs>(x);
}

/// e to the power of x; floating-point elements.
template <TensorLike X>
auto exp(const X& x) {
  return operations::map<operations::Exp>(x);
}

/// The natural logarithm; floating-point elements.
template <TensorLike X>
auto log(const X& x) {
  return operations::map<operations::Log>(x);
}

/// The square root; floating-point elements.
template <TensorLike X>
auto sqrt(const X& x) {
  return operations::map<operations::Sqrt>(x);
}

/// base to the power of exponent; floating-point elements.
template <class Base, class Exponent>
  requires Operands<Base, Exponent>
auto pow(const Base& base, const Exponent& exponent) {
  return operations::map<operations::Pow>(base, exponent);
}

/// The larger of both, NaN where either is NaN.
template <class A, class B>
  requires Operands<A, B>
auto maximum(const A& a, const B& b) {
  return operations::map<operations::Maximum>(a, b);
}

/// The smaller of both, NaN where either is NaN.
template <class A, class B>
  requires Operands<A, B>
auto minimum(const A& a, const B& b) {
  return operations::map<operations::Minimum>(a, b);
}

/// x, no less than `low` and no more than `high`, which wins where they cross; NaN where any of the three is NaN.
template <TensorLike X, class Low, class High>
  requires Operands<X, Low, High>
auto clamp(const X& x, const Low& low, const High& high) {
  return operations::map<operations::Clamp>(x, low, high);
}

/// a where the condition, a tensor of bool, holds, b elsewhere; all three broadcast.
template <TensorLike X, class A, class B>
  requires Operands<A, B>
auto where(const X& condition, const A& a, const B& b) {
  using T = operations::first_element<A, B>;
  operations::accept_elements<operations::Condition, typename X::value_type>();
  return operations::map_operands<operations::Where>(condition.view(), operations::as_operand<operations::Where, T>(a),
                                                     operations::as_operand<operations::Where, T>(b));
}

}  // namespace taut
