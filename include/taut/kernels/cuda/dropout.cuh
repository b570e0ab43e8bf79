/// Dropout: the mask is a function of (key, position) alone, the same bits as on every other device.
#pragma once

#include <cuda_runtime.h>

#include "taut/core/random.hpp"
#include "taut/core/shape.hpp"
#include "taut/kernels/cuda/philox.cuh"
#include "taut/kernels/cuda/sweep.cuh"

namespace taut::kernels::cuda {

/// A thread has the four neighbours that share random words.
template <class T>
struct Dropout {
  std::uint64_t seed, stream;
  const std::uint64_t* stream_offset;  // null but in a graph that is replayed
  std::int64_t count;
  float probability;
  T factor;
  const T* x;
  T* y;
  __device__ void operator()(std::int64_t group) const {
    const RandomWords random = philox(seed, stream + (stream_offset == nullptr ? 0 : *stream_offset), static_cast<std::uint64_t>(group));
#pragma unroll
    for (int k = 0; k < 4; ++k) {
      const std::int64_t i = 4 * group + k;
      if (i >= count) return;
      const float unit = static_cast<float>(random.words[k] >> 8) * 0x1p-24F;
      y[i] = unit >= probability ? x[i] * factor : T{};  // a probability of 0 keeps everything
    }
  }
};

template <class T>
void dropout(cudaStream_t stream, index_t count,
             const T* x,  // (count)
             T* y,        // (count), may be x
             index_t percent, RandomKey key, const std::uint64_t* stream_offset) {
  const float probability = static_cast<float>(percent) / 100.0F;
  const T factor = T{1} / (T{1} - static_cast<T>(percent) / T{100});
  sweep(stream, divide_up(count, 4),
        Dropout<T>{key.seed, key.stream, stream_offset, static_cast<std::int64_t>(count), probability, factor, x, y});
}

}  // namespace taut::kernels::cuda
