/// Reduce: sum, prod, mean, var, max, min, all and any, over every element or along axes.
///
/// Over everything, `sum(x)`, the result is a number; along axes, `sum<1>(x)` or `sum<0, -1>(x)`, a tensor without those axes, or, with
/// `sum<1>(x, keepdim)`, with one element along each, which broadcasts with x. Axes that don't exist are an error while compiling.
///
/// Sums, products, means and variances of floats are computed in double, those of doubles pairwise along runs of memory. Sums and products
/// of integers and bool are std::int64_t as in PyTorch, and std::uint64_t where the elements are; they wrap around. In the largest and the
/// smallest NaN counts above everything else, as in PyTorch.
///
/// https://pytorch.org/docs/stable/torch.html#reduction-ops; max and min are amax and amin there.
#pragma once

#include <cstdint>
#include <limits>

#include "taut/core/axes.hpp"
#include "taut/core/cast.hpp"
#include "taut/core/functions.hpp"

namespace taut {

/// Keeps the axes along which a tensor is reduced, with one element each.
struct KeepDim {};
inline constexpr KeepDim keepdim{};

/// What `var` takes off the number of elements that it divides by: 1 for a sample (PyTorch's default), 0 for all there are (NumPy's).
struct Correction {
  index_t value = 1;
};

namespace operations {

template <class T>
using sum_type = std::conditional_t<std::is_floating_point_v<T>, std::common_type_t<T, double>,
                                    std::conditional_t<std::is_unsigned_v<T> && sizeof(T) == 8, std::uint64_t, std::int64_t>>;

struct Sum {
  using Elements = AnyElements;
  static constexpr std::string_view name = "sum";
  template <class T>
  using Accumulator = sum_type<T>;
  template <class A>
  static constexpr A identity{};
  template <class A>
  constexpr A operator()(A a, A b) const {
    return Add{}(a, b);
  }
};

struct Product {
  using Elements = AnyElements;
  static constexpr std::string_view name = "prod";
  template <class T>
  using Accumulator = sum_type<T>;
  template <class A>
  static constexpr A identity{1};
  template <class A>
  constexpr A operator()(A a, A b) const {
    return Multiply{}(a, b);
  }
};

struct Mean : Sum {
  using Elements = FloatElements;
  static constexpr std::string_view name = "mean";
};

struct Variance : Sum {
  using Elements = FloatElements;
  static constexpr std::string_view name = "var";
};

struct Largest : Maximum {
  static constexpr std::string_view name = "max";
  template <class T>
  using Accumulator = T;
  template <class T>
  static constexpr T identity = std::is_floating_point_v<T> ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::lowest();
};

struct Smallest : Minimum {
  static constexpr std::string_view name = "min";
  template <class T>
  using Accumulator = T;
  template <class T>
  static constexpr T identity = std::is_floating_point_v<T> ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::max();
};

struct All {
  using Elements = BoolElements;
  static constexpr std::string_view name = "all";
  template <class T>
  using Accumulator = T;
  template <class T>
  static constexpr T identity = true;
  constexpr bool operator()(bool a, bool b) const { return a & b; }
};

struct Any {
  using Elements = BoolElements;
  static constexpr std::string_view name = "any";
  template <class T>
  using Accumulator = T;
  template <class T>
  static constexpr T identity = false;
  constexpr bool operator()(bool a, bool b) const { return a | b; }
};

template <Shape S, int... Axis>
constexpr bool reduces(int axis) {
  return sizeof...(Axis) == 0 || axis_set<S, Axis...>().has[axis];
}

/// `S` with one element along the axes that are reduced: all where none is named.
template <Shape S, int... Axis>
constexpr Shape kept_shape() {
  Extents extents;
  for (int axis = 0; axis < S.rank(); ++axis) extents[axis] = reduces<S, Axis...>(axis) ? 1 : S[axis];
  return shape_of(extents);
}

/// `S` without the axes that are reduced.
template <Shape S, int... Axis>
constexpr Shape left_shape() {
  Extents extents;
  int left = 0;
  for (int axis = 0; axis < S.rank(); ++axis) {
    if (!reduces<S, Axis...>(axis)) extents[left++] = S[axis];
  }
  return shape_of(extents);
}

/// A run of elements as one accumulator. Sixteen lanes, so that the compiler may use SIMD without reordering anything; blocks are joined
/// pairwise.
template <class Operation, class A, class T>
A reduce_run(const T* run, index_t length) {
  constexpr index_t lanes = 16, block = 256;
  if (length > block) {
    const index_t half = (length / 2 + block - 1) / block * block;
    return Operation{}(reduce_run<Operation, A>(run, half), reduce_run<Operation, A>(run + half, length - half));
  }
  A lane[lanes];
  std::fill_n(lane, lanes, Operation::template identity<A>);
  const index_t whole = length / lanes * lanes;
  for (index_t i = 0; i < whole; i += lanes) {
    for (index_t l = 0; l < lanes; ++l) lane[l] = Operation{}(lane[l], static_cast<A>(run[i + l]));
  }
  for (index_t i = whole; i < length; ++i) lane[i - whole] = Operation{}(lane[i - whole], static_cast<A>(run[i]));
  for (index_t left = lanes / 2; left > 0; left /= 2) {
    for (index_t l = 0; l < left; ++l) lane[l] = Operation{}(lane[l], lane[l + left]);
  }
  return lane[0];
}

/// Joins what a view shows to `out`, elements of the shape `Kept`, which broadcasts with it.
template <class Operation, Shape Kept, class A, class T, Shape S>
void reduce_into(A* out, View<const T, S> x) {
  static constexpr StridedLoops<2> loops{S, {broadcast_steps(Kept, S), row_major_steps(S)}};
  loops.for_each_run([&](const auto& at) {
    A* const to = out + at[0];
    const T* const from = x.data() + at[1];
    if constexpr (loops.run_step(0) == 0) {
      *to = Operation{}(*to, reduce_run<Operation, A>(from, loops.run_length()));
    } else {
      for (index_t i = 0; i < loops.run_length(); ++i) to[i] = Operation{}(to[i], static_cast<A>(from[i]));
    }
  });
}

/// What is reduced, as accumulators: a number, or a tensor where axes are named or kept.
template <class Operation, int... Axis, class X, class... Keep>
auto reduce(const X& x, Keep...) {
  using T = typename X::value_type;
  using A = typename Operation::template Accumulator<T>;
  constexpr Shape from = X::shape, kept = kept_shape<from, Axis...>();
  accept_elements<Operation, T>();
  accept_axes<Operation, from, Axis...>();
  if constexpr (sizeof...(Axis) == 0 && sizeof...(Keep) == 0) {
    A result = Operation::template identity<A>;
    reduce_into<Operation, kept>(&result, View<const T, from>(x.view()));
    return result;
  } else {
    constexpr Shape shape = sizeof...(Keep) == 0 ? left_shape<from, Axis...>() : kept;
    auto result = Tensor<A, shape>::full(Operation::template identity<A>);
    reduce_into<Operation, kept>(result.data(), View<const T, from>(x.view()));
    return result;
  }
}

/// A number or a tensor as another type.
template <class To, class X>
auto converted(X&& x) {
  if constexpr (std::is_arithmetic_v<std::remove_cvref_t<X>>) {
    return static_cast<To>(x);
  } else if constexpr (std::is_same_v<To, typename std::remove_cvref_t<X>::value_type>) {
    return std::remove_cvref_t<X>(std::forward<X>(x));
  } else {
    return cast<To>(x);
  }
}

/// The type of a sum of T: floats come back as they were.
template <class T>
using summed = std::conditional_t<std::is_floating_point_v<T>, T, sum_type<T>>;

/// Twice over the elements: their mean, then the squares of what is left of them.
template <int... Axis, class X, class... Keep>
auto variance(const X& x, Correction correction, Keep... keep) {
  using T = typename X::value_type;
  using A = sum_type<T>;
  constexpr Shape from = X::shape;
  constexpr index_t count = from.size() / kept_shape<from, Axis...>().size();
  const A divisor = static_cast<A>(count > correction.value ? count - correction.value : 0);
  auto rest = cast<A>(x);
  rest -= reduce<Variance, Axis...>(x, keepdim) / static_cast<A>(count);
  rest *= rest;
  return converted<T>(reduce<Sum, Axis...>(rest, keep...) / divisor);
}

template <class... Option>
concept KeepsDims = sizeof...(Option) <= 1 && (std::same_as<Option, KeepDim> && ...);

}  // namespace operations

/// The sum. Integers and bool sum to 64 bits.
template <int... Axis, TensorLike X, class... Keep>
requires operations::KeepsDims<Keep...>
auto sum(const X& x, Keep... keep) {
  return operations::converted<operations::summed<typename X::value_type>>(operations::reduce<operations::Sum, Axis...>(x, keep...));
}

/// The product. Integers and bool multiply to 64 bits.
template <int... Axis, TensorLike X, class... Keep>
requires operations::KeepsDims<Keep...>
auto prod(const X& x, Keep... keep) {
  return operations::converted<operations::summed<typename X::value_type>>(operations::reduce<operations::Product, Axis...>(x, keep...));
}

/// The mean; floating-point elements.
template <int... Axis, TensorLike X, class... Keep>
requires operations::KeepsDims<Keep...>
auto mean(const X& x, Keep... keep) {
  constexpr Shape from = X::shape;
  constexpr index_t count = from.size() / operations::kept_shape<from, Axis...>().size();
  using T = typename X::value_type;
  return operations::converted<T>(operations::reduce<operations::Mean, Axis...>(x, keep...) / static_cast<operations::sum_type<T>>(count));
}

/// The variance: the mean squared distance from the mean, over n - correction; NaN where nothing is left to divide by. Floating-point
/// elements. `sqrt(var(x))` is the standard deviation.
template <int... Axis, TensorLike X>
auto var(const X& x, Correction correction = {}) {
  return operations::variance<Axis...>(x, correction);
}
template <int... Axis, TensorLike X>
auto var(const X& x, KeepDim keep, Correction correction = {}) {
  return operations::variance<Axis...>(x, correction, keep);
}

/// The largest element, NaN where there is one; `argmax` says where it is.
template <int... Axis, TensorLike X, class... Keep>
requires operations::KeepsDims<Keep...>
auto max(const X& x, Keep... keep) {
  return operations::reduce<operations::Largest, Axis...>(x, keep...);
}

/// The smallest element, NaN where there is one; `argmin` says where it is.
template <int... Axis, TensorLike X, class... Keep>
requires operations::KeepsDims<Keep...>
auto min(const X& x, Keep... keep) {
  return operations::reduce<operations::Smallest, Axis...>(x, keep...);
}

/// Are all elements true? Of a tensor of bool.
template <int... Axis, TensorLike X, class... Keep>
requires operations::KeepsDims<Keep...>
auto all(const X& x, Keep... keep) {
  return operations::reduce<operations::All, Axis...>(x, keep...);
}

/// Is any element true? Of a tensor of bool.
template <int... Axis, TensorLike X, class... Keep>
requires operations::KeepsDims<Keep...>
auto any(const X& x, Keep... keep) {
  return operations::reduce<operations::Any, Axis...>(x, keep...);
}

}  // namespace taut
