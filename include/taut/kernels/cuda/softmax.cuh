/// Softmax, its logarithm and their gradients: a warp has a row, which lies in the caches after it was read once.
#pragma once

#include <cuda_runtime.h>

#include <cmath>

#include "taut/core/shape.hpp"
#include "taut/kernels/cuda/sweep.cuh"

namespace taut::kernels::cuda {

inline constexpr int softmax_threads = 128, rows_a_block = softmax_threads / 32;

/// Of one row: the largest element, and Σ exp(x − largest). A NaN or an infinity makes the sum a NaN.
template <class T>
struct RowSum {
  T largest, sum;
};

/// Called by a whole warp.
template <class T>
__device__ RowSum<T> row_sum(int classes, const T* x /* (classes) */) {
  using std::exp;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  T largest = x[lane < classes ? lane : 0];
  for (int c = lane + 32; c < classes; c += 32) largest = x[c] > largest ? x[c] : largest;
  largest = warp_largest(largest);
  T sum{};
  for (int c = lane; c < classes; c += 32) sum += exp(x[c] - largest);
  return {largest, warp_sum(sum)};
}

template <class T, bool logarithm>
__global__ void __launch_bounds__(softmax_threads) softmax_kernel(std::int64_t rows, int classes, const T* x, T* y) {
  using std::exp;
  using std::log;
  const std::int64_t row = grid_thread() / 32;
  if (row >= rows) return;
  x += row * classes;
  y += row * classes;
  const RowSum<T> all = row_sum(classes, x);
  const T normalizer = logarithm ? log(all.sum) : T{1} / all.sum;
  for (int c = static_cast<int>(threadIdx.x) % 32; c < classes; c += 32) {
    y[c] = logarithm ? x[c] - all.largest - normalizer : exp(x[c] - all.largest) * normalizer;
  }
}

/// dx = y · (dy − Σ y·dy), or dy − eʸ · Σ dy.
template <class T, bool logarithm>
__global__ void __launch_bounds__(softmax_threads)
    softmax_backward_kernel(std::int64_t rows, int classes, const T* y, const T* dy, T* dx) {
  using std::exp;
  const std::int64_t row = grid_thread() / 32;
  if (row >= rows) return;
  y += row * classes;
  dy += row * classes;
  dx += row * classes;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  T sum{};
  for (int c = lane; c < classes; c += 32) sum += logarithm ? dy[c] : y[c] * dy[c];
  sum = warp_sum(sum);
  for (int c = lane; c < classes; c += 32) dx[c] = logarithm ? dy[c] - exp(y[c]) * sum : y[c] * (dy[c] - sum);
}

/// y (rows, classes) = softmax of each row of x (rows, classes), or its logarithm.
template <bool logarithm, class T>
void softmax(cudaStream_t stream, index_t rows, index_t classes, const T* x, T* y) {
  const auto blocks = static_cast<unsigned>(in_32_bits(divide_up(rows, rows_a_block), "blocks"));
  taut::cuda::launch(stream, {blocks}, softmax_threads, &softmax_kernel<T, logarithm>, static_cast<std::int64_t>(rows),
                     in_32_bits(classes, "classes"), x, y);
}

template <bool logarithm, class T>
void softmax_backward(cudaStream_t stream, index_t rows, index_t classes,
                      const T* y,   // (rows, classes)
                      const T* dy,  // (rows, classes)
                      T* dx) {      // (rows, classes)
  const auto blocks = static_cast<unsigned>(in_32_bits(divide_up(rows, rows_a_block), "blocks"));
  taut::cuda::launch(stream, {blocks}, softmax_threads, &softmax_backward_kernel<T, logarithm>, static_cast<std::int64_t>(rows),
                     in_32_bits(classes, "classes"), y, dy, dx);
}

}  // namespace taut::kernels::cuda
