/// Check convolution: a device's convolutions against their definition.
#pragma once

#include "ops/products.hpp"
#include "taut/kernels/reference/convolution.hpp"

namespace ops {

template <index_t I>
inline constexpr taut::Conv2dGeometry convolution_geometry = convolutions[I].geometry;

template <class D, class T, index_t I>
constexpr ProductCalls<D, T> convolution_calls() {
  return {[](D& d, index_t rows) { return d.template conv2d_workspace<convolution_geometry<I>, T>(rows); },
          [](D& d, index_t rows, const T* x, const T* weight, const T* bias, taut::Activation activation, T* y, T* workspace) {
            d.template conv2d_forward<convolution_geometry<I>, T>(rows, x, weight, bias, activation, y, workspace);
          },
          [](D& d, index_t rows, const T* dy, const T* weight, T* dx, T* workspace) {
            d.template conv2d_backward<convolution_geometry<I>, T>(rows, nullptr, dy, weight, nullptr, nullptr, dx, workspace);
          },
          [](D& d, index_t rows, const T* x, const T* dy, T* dweight, T* dbias, T* workspace) {
            d.template conv2d_backward<convolution_geometry<I>, T>(rows, x, dy, nullptr, dweight, dbias, nullptr, workspace);
          }};
}

template <class O>
inline constexpr ProductOracle<O> convolution_oracle{
    [](index_t row, const O* x, const O* weight, const O* bias, taut::Activation activation, O* y) {
      taut::kernels::reference::convolution_forward(convolutions[row].geometry, convolutions[row].rows, x, weight, bias, activation, y);
    },
    [](index_t row, const O* dy, const O* weight, O* dx) {
      taut::kernels::reference::convolution_backward_input(convolutions[row].geometry, convolutions[row].rows, dy, weight, dx);
    },
    [](index_t row, const O* x, const O* dy, O* dweight, O* dbias) {
      taut::kernels::reference::convolution_backward_weight(convolutions[row].geometry, convolutions[row].rows, x, dy, dweight, dbias);
    }};

constexpr ProductSizes sizes_of(const ConvolutionRow& row) {
  const taut::Conv2dGeometry& g = row.geometry;
  return {row.rows * g.in_size(), g.weight_size(), g.out_channels, row.rows * g.out_size()};
}

/// Rows `First` to `Last` − 1 of the table: a file's share, so that none takes long to compile.
template <class T, class D, index_t First = 0, index_t Last = convolutions.size()>
void check_convolutions() {
  for_each_index<Last - First>([]<index_t I> {
    constexpr index_t index = First + I;
    const ProductCalls<D, T> calls = convolution_calls<D, T, index>();
    check_product<T, D>(convolutions[index], index, sizes_of(convolutions[index]), calls, convolution_oracle<Oracle<T>>,
                        ConvolutionGrowth<D, T, convolution_geometry<index>>::forward,
                        ConvolutionGrowth<D, T, convolution_geometry<index>>::backward);
    check_nan<T, D>(convolutions[index], index, sizes_of(convolutions[index]), calls, convolution_oracle<Oracle<T>>);
  });
}

}  // namespace ops
