/// Comparison: == != < <= > >= of tensors and numbers as tensors of bool, and & | ^ ~ of those.
///
/// Operands broadcast and combine as those of arithmetic do (arithmetic.hpp). Whether two tensors are equal is `all(a == b)` (reduce.hpp).
/// NaN equals nothing. Of integers, & | ^ ~ are the bitwise operations.
///
/// https://pytorch.org/docs/stable/torch.html#comparison-ops
#pragma once

#include "taut/core/elementwise.hpp"

namespace taut {

namespace operations {

struct Equal {
  using Elements = AnyElements;
  static constexpr std::string_view name = "operator==";
  template <class T>
  constexpr bool operator()(T a, T b) const {
    return a == b;
  }
};

struct NotEqual {
  using Elements = AnyElements;
  static constexpr std::string_view name = "operator!=";
  template <class T>
  constexpr bool operator()(T a, T b) const {
    return a != b;
  }
};

struct Less {
  using Elements = NumberElements;
  static constexpr std::string_view name = "operator<";
  template <class T>
  constexpr bool operator()(T a, T b) const {
    return a < b;
  }
};

struct LessEqual {
  using Elements = NumberElements;
  static constexpr std::string_view name = "operator<=";
  template <class T>
  constexpr bool operator()(T a, T b) const {
    return a <= b;
  }
};

struct Greater {
  using Elements = NumberElements;
  static constexpr std::string_view name = "operator>";
  template <class T>
  constexpr bool operator()(T a, T b) const {
    return a > b;
  }
};

struct GreaterEqual {
  using Elements = NumberElements;
  static constexpr std::string_view name = "operator>=";
  template <class T>
  constexpr bool operator()(T a, T b) const {
    return a >= b;
  }
};

struct And {
  using Elements = WholeElements;
  static constexpr std::string_view name = "operator&";
  template <class T>
  constexpr T operator()(T a, T b) const {
    return static_cast<T>(a & b);
  }
};

struct Or {
  using Elements = WholeElements;
  static constexpr std::string_view name = "operator|";
  template <class T>
  constexpr T operator()(T a, T b) const {
    return static_cast<T>(a | b);
  }
};

struct ExclusiveOr {
  using Elements = WholeElements;
  static constexpr std::string_view name = "operator^";
  template <class T>
  constexpr T operator()(T a, T b) const {
    return static_cast<T>(a ^ b);
  }
};

struct Not {
  using Elements = WholeElements;
  static constexpr std::string_view name = "operator~";
  template <class T>
  constexpr T operator()(T x) const {
    if constexpr (std::is_same_v<T, bool>) {
      return !x;
    } else {
      return static_cast<T>(~x);
    }
  }
};

}  // namespace operations

template <class A, class B>
  requires Operands<A, B>
auto operator==(const A& a, const B& b) {
  return operations::map<operations::Equal>(a, b);
}
template <class A, class B>
  requires Operands<A, B>
auto operator!=(const A& a, const B& b) {
  return operations::map<operations::NotEqual>(a, b);
}
template <class A, class B>
  requires Operands<A, B>
auto operator<(const A& a, const B& b) {
  return operations::map<operations::Less>(a, b);
}
template <class A, class B>
  requires Operands<A, B>
auto operator<=(const A& a, const B& b) {
  return operations::map<operations::LessEqual>(a, b);
}
template <class A, class B>
  requires Operands<A, B>
auto operator>(const A& a, const B& b) {
  return operations::map<operations::Greater>(a, b);
}
template <class A, class B>
  requires Operands<A, B>
auto operator>=(const A& a, const B& b) {
  return operations::map<operations::GreaterEqual>(a, b);
}

template <class A, class B>
  requires Operands<A, B>
auto operator&(const A& a, const B& b) {
  return operations::map<operations::And>(a, b);
}
template <class A, class B>
  requires Operands<A, B>
auto operator|(const A& a, const B& b) {
  return operations::map<operations::Or>(a, b);
}
template <class A, class B>
  requires Operands<A, B>
auto operator^(const A& a, const B& b) {
  return operations::map<operations::ExclusiveOr>(a, b);
}
template <TensorLike X>
auto operator~(const X& x) {
  return operations::map<operations::Not>(x);
}

}  // namespace taut
