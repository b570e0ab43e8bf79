/// Tensor: elements of its own with a static shape.
#pragma once

#include <algorithm>
#include <concepts>
#include <utility>

#include "taut/core/arena.hpp"
#include "taut/core/error.hpp"
#include "taut/core/view.hpp"

namespace taut {

/// A value, as std::vector is one: copying copies the elements, moving takes them along and leaves a tensor that may only be assigned to
/// or destroyed. The elements lie on the heap, 64-byte aligned, in row-major order of the axes, so that no tensor is too large for a stack.
///
/// `Tensor<float, Shape{2, 3}> t{{1, 2, 3}, {4, 5, 6}};` up to three axes; the numbers of values are checked while compiling.
template <class T, Shape S>
class Tensor {
 public:
  using value_type = T;
  static constexpr Shape shape = S;

  /// Zeros.
  Tensor() : elements_(S.size()) {}

  /// A vector: `{1, 2, 3}`.
  template <std::convertible_to<T>... Value>
    requires(S.rank() == 1 && sizeof...(Value) > 0)
  explicit(sizeof...(Value) == 1) Tensor(Value... value) : Tensor() {
    accept<Shape{sizeof...(Value)}>();
    index_t i = 0;
    ((data()[i++] = static_cast<T>(value)), ...);
  }

  /// A matrix: `{{1, 2, 3}, {4, 5, 6}}`.
  template <index_t... Columns>
    requires(S.rank() == 2 && sizeof...(Columns) > 0)
  explicit(sizeof...(Columns) == 1) Tensor(const T (&... row)[Columns]) : Tensor() {
    (accept<Shape{sizeof...(Columns), Columns}>(), ...);
    index_t i = 0;
    ((std::copy_n(row, S.d1, data() + S.d1 * i++)), ...);
  }

  /// A stack of matrices: `{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}`.
  template <index_t... Rows, index_t... Columns>
    requires(S.rank() == 3 && sizeof...(Rows) > 0)
  explicit(sizeof...(Rows) == 1) Tensor(const T (&... matrix)[Rows][Columns]) : Tensor() {
    (accept<Shape{sizeof...(Rows), Rows, Columns}>(), ...);
    index_t i = 0;
    auto copy = [&](const T(&rows)[S.d1][S.d2]) {
      for (const auto& row : rows) std::copy_n(row, S.d2, data() + S.d2 * i++);
    };
    (copy(matrix), ...);
  }

  /// A copy of what a view shows.
  explicit Tensor(View<const T, S> view) : Tensor() { std::copy_n(view.data(), S.size(), data()); }

  Tensor(const Tensor& other) : Tensor(other.view()) {}
  Tensor(Tensor&&) noexcept = default;
  Tensor& operator=(const Tensor& other) {
    if (this != &other) *this = Tensor(other);
    return *this;
  }
  Tensor& operator=(Tensor&&) noexcept = default;
  ~Tensor() = default;

  /// Every element is `value`.
  static Tensor full(T value) {
    Tensor tensor;
    std::fill_n(tensor.data(), S.size(), value);
    return tensor;
  }

  /// Element (i, j, …) is `element(i, j, …)`.
  template <class Element>
    requires(S.rank() > 0)
  static Tensor generate(Element&& element) {
    Tensor tensor;
    for (index_t at = 0; at < S.size(); ++at) {
      const index_t last = at % S[S.rank() - 1], matrix = at / S[S.rank() - 1];
      T& value = tensor.data()[at];
      if constexpr (S.rank() == 1) value = element(last);
      if constexpr (S.rank() == 2) value = element(matrix, last);
      if constexpr (S.rank() == 3) value = element(matrix / S.d1, matrix % S.d1, last);
      if constexpr (S.rank() == 4) value = element(matrix / S.d2 / S.d1, matrix / S.d2 % S.d1, matrix % S.d2, last);
    }
    return tensor;
  }

  /// The elements in row-major order. Throws an Error unless there are exactly as many.
  static Tensor from(std::span<const T> values) {
    if (values.size() != S.size()) fail("a tensor of ", S.size(), " elements was given ", values.size(), " values");
    Tensor tensor;
    std::copy_n(values.data(), S.size(), tensor.data());
    return tensor;
  }

  static constexpr index_t size() { return S.size(); }
  static constexpr int rank() { return S.rank(); }

  T* data() { return elements_.data(); }
  const T* data() const { return elements_.data(); }
  View<T, S> view() { return View<T, S>(data()); }
  View<const T, S> view() const { return View<const T, S>(data()); }
  operator View<T, S>() { return view(); }
  operator View<const T, S>() const { return view(); }
  std::span<T, S.size()> span() { return view().span(); }
  std::span<const T, S.size()> span() const { return view().span(); }
  T* begin() { return data(); }
  const T* begin() const { return data(); }
  T* end() { return data() + S.size(); }
  const T* end() const { return data() + S.size(); }

  /// The element at (i, j, …): one index an axis.
  template <class... Index>
  T& operator()(Index... index) {
    return data()[detail::row_major_offset<S>(index...)];
  }
  template <class... Index>
  const T& operator()(Index... index) const {
    return data()[detail::row_major_offset<S>(index...)];
  }

  /// Part `i` of the outermost axis, as a View; of a vector, the element.
  decltype(auto) operator[](index_t i) { return view()[i]; }
  decltype(auto) operator[](index_t i) const { return view()[i]; }

  /// A View of the same elements under another shape of as many.
  template <Shape To>
  View<T, To> reshape() {
    return view().template reshape<To>();
  }
  template <Shape To>
  View<const T, To> reshape() const {
    return view().template reshape<To>();
  }

 private:
  template <Shape Given>
  static constexpr void accept() {
    (void)diagnostics::require<Given == S, diagnostics::value_misfit<S, Given>>{};
  }

  Arena<T> elements_;
};

}  // namespace taut
