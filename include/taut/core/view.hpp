/// View: borrowed elements with a static shape.
#pragma once

#include <cassert>
#include <concepts>
#include <span>
#include <type_traits>

#include "taut/core/shape.hpp"
#include "taut/core/view_misfit.hpp"

namespace taut {

namespace detail {

/// Where element (i, j, …) lies in a row-major block. Requires as many indices as axes.
template <Shape S, std::convertible_to<index_t>... Index>
constexpr index_t row_major_offset(Index... index) {
  (void)diagnostics::require<sizeof...(Index) == S.rank(), diagnostics::index_misfit<S, sizeof...(Index)>>{};
  index_t offset = 0;
  int axis = 0;
  [[maybe_unused]] auto step = [&](index_t i) {
    assert(i < S[axis] && "a tensor's index is out of range");
    offset = offset * S[axis++] + i;
  };
  (step(static_cast<index_t>(index)), ...);
  return offset;
}

/// What is left of a shape once its outermost index is fixed.
constexpr Shape inner_shape(Shape shape) { return {shape.d1, shape.d2, shape.d3}; }

}  // namespace detail

/// Borrows S.size() elements in row-major order of its axes: an image lies (channels, height, width), as in PyTorch and NumPy.
/// Copying a View copies the reference. The rank is checked while compiling; indices are asserted where NDEBUG is not defined.
template <class T, Shape S>
class View {
 public:
  using value_type = std::remove_const_t<T>;
  static constexpr Shape shape = S;

  /// Requires S.size() elements at `data`.
  constexpr explicit View(T* data) : data_(data) {}

  static constexpr index_t size() { return S.size(); }
  static constexpr int rank() { return S.rank(); }

  constexpr T* data() const { return data_; }
  constexpr std::span<T, S.size()> span() const { return std::span<T, S.size()>(data_, S.size()); }
  constexpr T* begin() const { return data_; }
  constexpr T* end() const { return data_ + S.size(); }
  constexpr View view() const { return *this; }

  /// The element at (i, j, …): one index an axis.
  template <class... Index>
  constexpr T& operator()(Index... index) const {
    return data_[detail::row_major_offset<S>(index...)];
  }

  /// Part `i` of the outermost axis: an image's channel, a matrix's row, a vector's element.
  constexpr decltype(auto) operator[](index_t i) const {
    static_assert(S.rank() > 0, "a scalar has no axis to index");
    assert(i < S.d0 && "a tensor's index is out of range");
    if constexpr (S.rank() == 1) {
      return (data_[i]);
    } else {
      return View<T, detail::inner_shape(S)>(data_ + i * detail::inner_shape(S).size());
    }
  }

  /// The same elements in the same order under another shape of as many.
  template <Shape To>
  constexpr View<T, To> reshape() const {
    (void)diagnostics::require<To.size() == S.size(), diagnostics::reshape_misfit<S, To>>{};
    return View<T, To>(data_);
  }

  constexpr operator View<const T, S>() const
    requires(!std::is_const_v<T>)
  {
    return View<const T, S>(data_);
  }

 private:
  T* data_;
};

/// A Tensor or a View: has a static shape, and a View of its elements.
template <class X>
concept TensorLike = requires(X& x) {
  typename std::remove_cvref_t<X>::value_type;
  { std::remove_cvref_t<X>::shape } -> std::convertible_to<Shape>;
  x.view();
};

}  // namespace taut
