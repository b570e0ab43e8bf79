/// Losses of single elements: squares, Huber's and binary cross entropy.
#pragma once

#include <cuda_runtime.h>

#include <cmath>

#include "taut/core/shape.hpp"
#include "taut/kernels/cuda/sweep.cuh"

namespace taut::kernels::cuda {

/// The loss is wider: the square of a large number is a number too.
template <class T>
struct LossAndSlope {
  double loss;
  T slope;
};

template <class T>
struct SquaredError {
  __device__ LossAndSlope<T> operator()(T y, T target, std::int64_t) const {
    const T difference = y - target;
    return {static_cast<double>(difference) * static_cast<double>(difference), 2 * difference};
  }
};

template <class T>
struct HuberError {
  T bound;
  __device__ LossAndSlope<T> operator()(T y, T target, std::int64_t) const {
    const T difference = y - target, distance = difference < T{} ? -difference : difference;
    if (distance <= bound) return {static_cast<double>(difference * difference / 2), difference};
    // Of a NaN, a NaN.
    const T slope = distance > bound ? (difference < T{} ? -bound : bound) : difference;
    return {static_cast<double>(bound) * static_cast<double>(distance - bound / 2), slope};
  }
};

/// pos_weight·t·softplus(−z) + (1 − t)·softplus(z), softplus(z) = log(1 + exp(z)).
template <class T>
struct BinaryCrossEntropy {
  const T* pos_weight;
  std::int64_t channels;
  __device__ LossAndSlope<T> operator()(T z, T target, std::int64_t i) const {
    using std::exp;
    using std::log1p;
    const T positive = pos_weight[i % channels] * target, negative = 1 - target;
    const T e = exp(z < T{} ? z : -z), tail = log1p(e), large = T{1} / (T{1} + e), small = e * large;
    const T above = z > T{} ? z : T{}, below = z < T{} ? -z : T{};
    const bool rising = z > T{};
    const T slope = negative * (rising ? large : small) - positive * (rising ? small : large);
    return {static_cast<double>(positive * (below + tail) + negative * (above + tail)), slope};
  }
};

/// A loss's element, and its gradient divided by the count.
template <class T, class Element>
struct ElementLoss {
  Element element;
  T count;
  const T* y;
  const T* targets;
  T* dy;
  __device__ double operator()(std::int64_t i) const {
    const LossAndSlope<T> found = element(y[i], targets[i], i);
    if (dy != nullptr) dy[i] = found.slope / count;
    return found.loss;
  }
};

/// *sum = Σ loss of the elements; their number is the weight.
template <class T, class Element>
void element_loss(cudaStream_t stream, const Element& element, index_t count,
                  const T* y,        // (count)
                  const T* targets,  // (count)
                  T* dy,             // (count) or null
                  double* partial,   // (most_sum_blocks)
                  double* sum) {     // (1)
  sum_over(stream, count, ElementLoss<T, Element>{element, static_cast<T>(count), y, targets, dy}, partial, sum);
}

}  // namespace taut::kernels::cuda
