/// cast: the same elements as another type.
#pragma once

#include "taut/core/elementwise.hpp"

namespace taut {

namespace operations {

template <class To>
struct Cast {
  using Elements = AnyElements;
  static constexpr std::string_view name = "cast";
  template <class T>
  constexpr To operator()(T x) const {
    return static_cast<To>(x);
  }
};

}  // namespace operations

/// Each element as a `To`, as static_cast converts it: fractions are cut off, and a number that `To` can't hold, or NaN as an integer, has
/// no defined value. PyTorch's Tensor.to(dtype).
template <class To, TensorLike X>
auto cast(const X& x) {
  return operations::map<operations::Cast<To>>(x);
}

}  // namespace taut
