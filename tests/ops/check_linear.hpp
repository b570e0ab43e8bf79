/// Check linear: a device's linear layers against their definition.
#pragma once

#include "ops/products.hpp"
#include "taut/kernels/reference/linear.hpp"

namespace ops {

template <index_t I>
inline constexpr taut::LinearGeometry linear_geometry = linears[I].geometry;

template <class D, class T, index_t I>
constexpr ProductCalls<D, T> linear_calls() {
  return {[](D& d, index_t rows) { return d.template linear_workspace<linear_geometry<I>, T>(rows); },
          [](D& d, index_t rows, const T* x, const T* weight, const T* bias, taut::Activation activation, T* y, T* workspace) {
            d.template linear_forward<linear_geometry<I>, T>(rows, x, weight, bias, activation, y, workspace);
          },
          [](D& d, index_t rows, const T* dy, const T* weight, T* dx, T* workspace) {
            d.template linear_backward_input<linear_geometry<I>, T>(rows, dy, weight, dx, workspace);
          },
          [](D& d, index_t rows, const T* x, const T* dy, T* dweight, T* dbias, T* workspace) {
            d.template linear_backward_weight<linear_geometry<I>, T>(rows, x, dy, dweight, dbias, workspace);
          }};
}

template <class O>
inline constexpr ProductOracle<O> linear_oracle{
    [](index_t row, const O* x, const O* weight, const O* bias, taut::Activation activation, O* y) {
      taut::kernels::reference::linear_forward(linears[row].geometry, linears[row].rows, x, weight, bias, activation, y);
    },
    [](index_t row, const O* dy, const O* weight, O* dx) {
      taut::kernels::reference::linear_backward_input(linears[row].geometry, linears[row].rows, dy, weight, dx);
    },
    [](index_t row, const O* x, const O* dy, O* dweight, O* dbias) {
      taut::kernels::reference::linear_backward_weight(linears[row].geometry, linears[row].rows, x, dy, dweight, dbias);
    }};

constexpr ProductSizes sizes_of(const LinearRow& row) {
  const taut::LinearGeometry& g = row.geometry;
  return {row.rows * g.in, g.in * g.out, g.out, row.rows * g.out};
}

template <class T, class D>
void check_linears() {
  for_each_index<linears.size()>([]<index_t I> {
    const ProductCalls<D, T> calls = linear_calls<D, T, I>();
    check_product<T, D>(linears[I], I, sizes_of(linears[I]), calls, linear_oracle<Oracle<T>>);
    check_nan<T, D>(linears[I], I, sizes_of(linears[I]), calls, linear_oracle<Oracle<T>>);
  });
}

}  // namespace ops
