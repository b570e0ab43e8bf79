/// A convolution's passes: implicit products (gemm.cuh), whose column matrix is never stored, or direct sums where groups are narrow.
/// Geometries are ordinary arguments, so that layers share their kernels.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cuda/bias.cuh"
#include "taut/kernels/cuda/conv2d_backward_input.cuh"
#include "taut/kernels/cuda/conv2d_few_channels_weight.cuh"
#include "taut/kernels/cuda/conv2d_narrow.cuh"
#include "taut/kernels/cuda/conv2d_narrow_weight.cuh"
#include "taut/kernels/cuda/patch_operand.cuh"
#include "taut/kernels/cuda/gemm.cuh"
#include "taut/kernels/cuda/matrix_operand.cuh"

namespace taut::kernels::cuda {

namespace detail {

/// The products' sizes: output pixels by output channels, and a patch by output channels.
constexpr GemmSizes forward_sizes(const Conv2dGeometry& g, index_t rows) {
  return {rows * g.out_pixels(), g.group_out_channels(), g.taps() * g.group_in_channels(), g.groups};
}
constexpr GemmSizes backward_weight_sizes(const Conv2dGeometry& g, index_t rows) {
  return {g.taps() * g.group_in_channels(), g.group_out_channels(), rows * g.out_pixels(), g.groups};
}

/// Throws an Error where kernels can't count this convolution in 32 bits.
inline void check_extents(const Conv2dGeometry& g, index_t rows) {
  const index_t height = g.in_height + 2 * g.vertical.padding, width = g.in_width + 2 * g.horizontal.padding;
  in_32_bits(4 * std::max(height, width), "lines or columns of four padded images");
  in_32_bits(height * width * g.in_channels, "elements of a padded image");
  in_32_bits((rows + 1) * std::max(height * width, g.out_pixels()), "pixels of a padded batch");
  in_32_bits(g.weight_size(), "elements of a weight");
}

}  // namespace detail

template <class T>
constexpr index_t conv2d_forward_workspace(const Conv2dGeometry& g, index_t rows) {
  if (detail::narrow(g)) return 0;
  return most_of_batches(rows, [&](index_t r) { return gemm_workspace<T>(detail::forward_sizes(g, r)); });
}

template <class T>
constexpr index_t conv2d_backward_input_workspace(const Conv2dGeometry& g, index_t rows) {
  if (detail::narrow(g)) return 0;
  return most_of_batches(rows, [&](index_t r) { return wide_backward_input_workspace<T>(g, r); });
}

template <class T>
constexpr index_t conv2d_backward_weight_workspace(const Conv2dGeometry& g, index_t rows) {
  return most_of_batches(rows, [&](index_t r) {
    const index_t parts = detail::narrow(g)         ? narrow_backward_weight_workspace(g, r)
                          : detail::few_channels(g) ? few_channels_backward_weight_workspace(g, r)
                                                    : gemm_workspace<T>(detail::backward_weight_sizes(g, r), true);
    return std::max(parts, column_sums_workspace(r * g.out_pixels(), g.out_channels));
  });
}

/// Enough for each of the three passes.
template <class T>
constexpr index_t conv2d_workspace(const Conv2dGeometry& g, index_t rows) {
  return std::max({conv2d_forward_workspace<T>(g, rows), conv2d_backward_input_workspace<T>(g, rows),
                   conv2d_backward_weight_workspace<T>(g, rows)});
}

/// 2·rows·multiply_adds flops. Bytes: x, the weight and y once each, where the caches keep what taps and neighbouring blocks share.
template <class T, Precision precision = Precision::fp32>
void conv2d_forward(cudaStream_t stream, const Conv2dGeometry& g, index_t rows,
                    const T* x,       // (rows, in_height, in_width, in_channels)
                    const T* weight,  // (kernel_height, kernel_width, in_channels / groups, out_channels)
                    const T* bias,    // (out_channels) or null
                    Activation activation,
                    T* y,             // (rows, out_height, out_width, out_channels)
                    T* workspace) {   // (conv2d_forward_workspace)
  detail::check_extents(g, rows);
  if (detail::narrow(g)) return narrow_forward(stream, g, rows, x, weight, bias, activation, y);
  gemm<T, precision>(stream, detail::forward_sizes(g, rows), PatchOperand<T, true>(g, x),
                     MatrixOperand<T, false>(weight, g.out_channels, g.group_out_channels()), {y, bias, activation, workspace},
                     g.group_in_channels() % 4 == 0 && aligned(x) && aligned(weight));
}

/// As many flops and bytes.
template <class T, Precision precision = Precision::fp32>
void conv2d_backward_input(cudaStream_t stream, const Conv2dGeometry& g, index_t rows,
                           const T* dy,      // (rows, out_height, out_width, out_channels)
                           const T* weight,  // (kernel_height, kernel_width, in_channels / groups, out_channels)
                           T* dx,            // (rows, in_height, in_width, in_channels)
                           T* workspace) {   // (conv2d_backward_input_workspace)
  detail::check_extents(g, rows);
  if (detail::narrow(g)) return narrow_backward_input(stream, g, rows, dy, weight, dx);
  wide_backward_input<T, precision>(stream, g, rows, dy, weight, dx, workspace);
}

/// As many flops and bytes; dbias is summed up on the way, but where groups are narrow.
template <class T, Precision precision = Precision::fp32>
void conv2d_backward_weight(cudaStream_t stream, const Conv2dGeometry& g, index_t rows,
                            const T* x,      // (rows, in_height, in_width, in_channels)
                            const T* dy,     // (rows, out_height, out_width, out_channels)
                            T* dweight,      // (kernel_height, kernel_width, in_channels / groups, out_channels) or null
                            T* dbias,        // (out_channels) or null
                            T* workspace) {  // (conv2d_backward_weight_workspace)
  detail::check_extents(g, rows);
  const bool narrow = detail::narrow(g);
  if (dweight != nullptr && narrow) narrow_backward_weight(stream, g, rows, x, dy, dweight, workspace);
  if (dweight == nullptr || narrow) {
    if (dbias != nullptr) column_sums(stream, rows * g.out_pixels(), g.out_channels, dy, dbias, workspace);
    return;
  }
  if (detail::few_channels(g)) return few_channels_backward_weight(stream, g, rows, x, dy, dweight, dbias, workspace);
  gemm<T, precision>(stream, detail::backward_weight_sizes(g, rows), PatchOperand<T, false>(g, x),
                     MatrixOperand<T, false>(dy, g.out_channels, g.group_out_channels()),
                     {dweight, nullptr, Activation::identity, workspace, dbias},
                     g.group_in_channels() % 4 == 0 && aligned(x) && aligned(dy));
}

/// The prepared weight is a copy: an implicit product reads the weight as it lies.
constexpr index_t conv2d_prepared_size(const Conv2dGeometry& g) { return g.weight_size(); }

template <class T>
void conv2d_prepare(cudaStream_t stream, const Conv2dGeometry& g,
                    const T* weight,  // (kernel_height, kernel_width, in_channels / groups, out_channels)
                    T* prepared) {    // (conv2d_prepared_size)
  taut::cuda::check(cudaMemcpyAsync(prepared, weight, g.weight_size() * sizeof(T), cudaMemcpyDeviceToDevice, stream), "cudaMemcpyAsync");
}

/// The bits that conv2d_forward would give.
template <class T, Precision precision = Precision::fp32>
void conv2d_forward_prepared(cudaStream_t stream, const Conv2dGeometry& g, index_t rows,
                             const T* x,         // (rows, in_height, in_width, in_channels)
                             const T* prepared,  // (conv2d_prepared_size)
                             const T* bias,      // (out_channels) or null
                             Activation activation,
                             T* y,               // (rows, out_height, out_width, out_channels)
                             T* workspace) {     // (conv2d_forward_workspace)
  conv2d_forward<T, precision>(stream, g, rows, x, prepared, bias, activation, y, workspace);
}

}  // namespace taut::kernels::cuda
