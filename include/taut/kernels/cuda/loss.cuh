/// Losses over classes, against labels or against probabilities: loss, gradient and accuracy from one reading of the logits.
#pragma once

#include <cuda_runtime.h>

#include <cmath>
#include <cstdint>

#include "taut/core/shape.hpp"
#include "taut/kernels/cuda/softmax.cuh"

namespace taut::kernels::cuda {

/// What a loss leaves behind: Σ loss, Σ weight and the number of rows that were right.
inline constexpr int loss_values = 3;

inline constexpr index_t most_loss_blocks = 128;

/// Elements of what the losses need: partial sums of blocks.
inline constexpr index_t loss_partials = loss_values * (most_loss_blocks > most_sum_blocks ? most_loss_blocks : most_sum_blocks);

/// The first of a row's largest elements, known to every lane.
template <class T>
__device__ int first_largest(int classes, const T* x /* (classes) */, T largest) {
  int found = classes;
  for (int c = static_cast<int>(threadIdx.x) % 32; c < classes && found == classes; c += 32) {
    if (x[c] == largest) found = c;
  }
  for (int distance = 16; distance > 0; distance /= 2) {
    const int other = __shfl_xor_sync(0xFFFFFFFFU, found, distance);
    found = other < found ? other : found;
  }
  return found;
}

/// A block's part of the three sums. `loss` and `correct` are a warp's, the same in each of its lanes; `weight` is the whole batch's.
__device__ __forceinline__ void store_block_sums(double loss, double weight, double correct, double* partial, double* shared) {
  const bool first_lane = threadIdx.x % 32 == 0;
  loss = block_sum(first_lane ? loss : 0, shared);
  correct = block_sum(first_lane ? correct : 0, shared);
  if (threadIdx.x != 0) return;
  double* const own = partial + loss_values * blockIdx.x;
  own[0] = loss;
  own[1] = blockIdx.x == 0 ? weight : 0;
  own[2] = correct;
}

/// partial (blocks, 3). A warp has a row after the other. Each block adds up the rows' weights by itself, which the gradient is divided by:
/// that costs less than a launch.
template <class T>
__global__ void __launch_bounds__(softmax_threads)
    cross_entropy_kernel(int rows, int classes, const T* logits, const std::int32_t* labels, const T* class_weights, double smoothing,
                         T* dlogits, double* partial) {
  __shared__ double shared[32];
  using std::exp;
  using std::log;
  const int lane = static_cast<int>(threadIdx.x) % 32, warps = static_cast<int>(gridDim.x) * rows_a_block;
  const double spread = smoothing / classes;
  double weights = 0, all_weights = 0;
  if (class_weights == nullptr) {
    weights = rows;
    all_weights = classes;
  } else {
    for (int row = static_cast<int>(threadIdx.x); row < rows; row += softmax_threads) {
      weights += static_cast<double>(class_weights[labels[row]]);
    }
    weights = block_sum(weights, shared);
    for (int c = lane; c < classes; c += 32) all_weights += static_cast<double>(class_weights[c]);
    all_weights = warp_sum(all_weights);
  }
  double loss = 0, correct = 0;
  for (int row = static_cast<int>(grid_thread() / 32); row < rows; row += warps) {
    const T* const x = logits + static_cast<std::int64_t>(row) * classes;
    const int label = labels[row];
    const RowSum<T> all = row_sum(classes, x);
    const T log_sum = log(all.sum);
    const double on_label = (1 - smoothing) * (class_weights == nullptr ? 1.0 : static_cast<double>(class_weights[label]));
    // T is as wide as the logits are exact; what is added up over rows is wider.
    const T scale = static_cast<T>((on_label + spread * all_weights) / weights), inverse = T{1} / all.sum;
    double row_loss = lane == 0 ? on_label * static_cast<double>(all.largest - x[label] + log_sum) : 0;
    for (int c = lane; c < classes; c += 32) {
      const double weight = class_weights == nullptr ? 1.0 : static_cast<double>(class_weights[c]);
      if (smoothing != 0) row_loss += spread * weight * static_cast<double>(all.largest - x[c] + log_sum);
      if (dlogits == nullptr) continue;
      const T target = static_cast<T>((spread * weight + (c == label ? on_label : 0)) / weights);
      dlogits[static_cast<std::int64_t>(row) * classes + c] = exp(x[c] - all.largest) * inverse * scale - target;
    }
    loss += warp_sum(row_loss);
    correct += first_largest(classes, x, all.largest) == label ? 1 : 0;
  }
  store_block_sums(loss, weights, correct, partial, shared);
}

template <class T>
void cross_entropy(cudaStream_t stream, index_t rows, index_t classes,
                   const T* logits,             // (rows, classes)
                   const std::int32_t* labels,  // (rows)
                   const T* class_weights,      // (classes) or null
                   double smoothing,
                   T* dlogits,       // (rows, classes) or null
                   double* partial,  // (loss_partials)
                   double* sums) {   // (loss_values)
  const index_t blocks = std::min(divide_up(rows, rows_a_block), most_loss_blocks);
  taut::cuda::launch(stream, {static_cast<unsigned>(blocks)}, softmax_threads, &cross_entropy_kernel<T>, in_32_bits(rows, "rows"),
                     in_32_bits(classes, "classes"), logits, labels, class_weights, smoothing, dlogits, partial);
  total_sums(stream, blocks, loss_values, partial, sums);
}

template <class T>
__global__ void __launch_bounds__(softmax_threads)
    soft_cross_entropy_kernel(int rows, int classes, const T* logits, const T* targets, const T* class_weights, double smoothing,
                              T* dlogits, double* partial) {
  __shared__ double shared[32];
  using std::exp;
  using std::log;
  const int lane = static_cast<int>(threadIdx.x) % 32, warps = static_cast<int>(gridDim.x) * rows_a_block;
  const T spread = static_cast<T>(smoothing / classes), kept = static_cast<T>(1 - smoothing), mean = static_cast<T>(1.0 / rows);
  double loss = 0, correct = 0;
  for (int row = static_cast<int>(grid_thread() / 32); row < rows; row += warps) {
    const std::int64_t first = static_cast<std::int64_t>(row) * classes;
    const T* const x = logits + first;
    const T* const target = targets + first;
    const auto share = [&](int c) { return (class_weights == nullptr ? T{1} : class_weights[c]) * (kept * target[c] + spread); };
    const RowSum<T> all = row_sum(classes, x);
    const T log_sum = log(all.sum), inverse = T{1} / all.sum;
    T total{}, largest_target = target[lane < classes ? lane : 0];
    double row_loss = 0;
    for (int c = lane; c < classes; c += 32) {
      total += share(c);
      row_loss += static_cast<double>(share(c)) * static_cast<double>(all.largest - x[c] + log_sum);
      largest_target = target[c] > largest_target ? target[c] : largest_target;
    }
    total = warp_sum(total);
    for (int c = lane; c < classes && dlogits != nullptr; c += 32) {
      dlogits[first + c] = (exp(x[c] - all.largest) * inverse * total - share(c)) * mean;
    }
    loss += warp_sum(row_loss);
    correct += first_largest(classes, x, all.largest) == first_largest(classes, target, warp_largest(largest_target)) ? 1 : 0;
  }
  store_block_sums(loss, rows, correct, partial, shared);
}

template <class T>
void soft_cross_entropy(cudaStream_t stream, index_t rows, index_t classes,
                        const T* logits,         // (rows, classes)
                        const T* targets,        // (rows, classes)
                        const T* class_weights,  // (classes) or null
                        double smoothing,
                        T* dlogits,       // (rows, classes) or null
                        double* partial,  // (loss_partials)
                        double* sums) {   // (loss_values)
  const index_t blocks = std::min(divide_up(rows, rows_a_block), most_loss_blocks);
  taut::cuda::launch(stream, {static_cast<unsigned>(blocks)}, softmax_threads, &soft_cross_entropy_kernel<T>, in_32_bits(rows, "rows"),
                     in_32_bits(classes, "classes"), logits, targets, class_weights, smoothing, dlogits, partial);
  total_sums(stream, blocks, loss_values, partial, sums);
}

}  // namespace taut::kernels::cuda
