/// Branches joined, and parted again.
#pragma once

#include <cuda_runtime.h>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cuda/activation.cuh"
#include "taut/kernels/cuda/sweep.cuh"

namespace taut::kernels::cuda {

/// Arrays of branches, by value: a kernel can't follow a pointer into the host's stack.
template <class Pointer>
struct Branches {
  Pointer data[most_branches] = {};
  int count = 0;

  Branches(index_t branches, const Pointer* pointers) : count(static_cast<int>(branches)) {
    for (index_t b = 0; b < branches; ++b) data[b] = pointers[b];
  }
};

template <class T>
struct Add {
  Branches<const T*> x;
  Activation::Kind kind;
  T negative_slope;
  T* y;
  __device__ void operator()(std::int64_t i) const {
    T sum = x.data[0][i];
    for (int b = 1; b < x.count; ++b) sum += x.data[b][i];
    y[i] = activate(kind, negative_slope, sum);
  }
};

template <class T>
void add(cudaStream_t stream, index_t count, index_t branches,
         const T* const* x,  // (branches), each (count)
         Activation activation,
         T* y) {  // (count)
  sweep(stream, count, Add<T>{{branches, x}, activation.kind, static_cast<T>(activation.negative_slope), y});
}

template <class T>
struct AddBackward {
  Branches<T*> gradients;
  Activation::Kind kind;
  T negative_slope;
  const T* y;
  const T* dy;
  __device__ void operator()(std::int64_t i) const {
    const T slope = activation_slope_at_saved(kind, negative_slope, y[i]);
    const T gradient = slope == T{0} ? T{0} : dy[i] * slope;  // no −0, and no NaN of an infinite dy
    for (int b = 0; b < gradients.count; ++b) {
      if (gradients.data[b] != nullptr) gradients.data[b][i] = gradient;
    }
  }
};

template <class T>
void add_backward(cudaStream_t stream, index_t count, index_t branches,
                  const T* y,   // (count)
                  const T* dy,  // (count)
                  Activation activation,
                  T* const* gradients) {  // (branches), each (count) or null
  sweep(stream, count, AddBackward<T>{{branches, gradients}, activation.kind, static_cast<T>(activation.negative_slope), y, dy});
}

/// Where the branches' channels end in the joined image.
struct ChannelEnds {
  std::int64_t ends[most_branches] = {};

  ChannelEnds(index_t branches, const index_t* channels) {
    std::int64_t end = 0;
    for (index_t b = 0; b < branches; ++b) ends[b] = end += static_cast<std::int64_t>(channels[b]);
  }
  /// Calls visit(branch, element of the branch) for an element of the joined image.
  template <class Visit>
  __device__ void find(std::int64_t i, int branches, Visit&& visit) const {
    const std::int64_t pixel = i / ends[branches - 1], channel = i - pixel * ends[branches - 1];
    std::int64_t begin = 0;
    for (int b = 0; b < branches; begin = ends[b++]) {
      if (channel < ends[b]) return visit(b, pixel * (ends[b] - begin) + channel - begin);
    }
  }
};

template <class T>
struct Concatenate {
  Branches<const T*> x;
  ChannelEnds channels;
  T* y;
  __device__ void operator()(std::int64_t i) const {
    channels.find(i, x.count, [&](int b, std::int64_t element) { y[i] = x.data[b][element]; });
  }
};

template <class T>
void concatenate(cudaStream_t stream, index_t pixels, index_t branches,
                 const index_t* channels,  // (branches)
                 const T* const* x,        // (branches), each (pixels, channels)
                 T* y) {                   // (pixels, all channels)
  const ChannelEnds ends(branches, channels);
  sweep(stream, pixels * static_cast<index_t>(ends.ends[branches - 1]), Concatenate<T>{{branches, x}, ends, y});
}

template <class T>
struct Split {
  Branches<T*> gradients;
  ChannelEnds channels;
  const T* dy;
  __device__ void operator()(std::int64_t i) const {
    channels.find(i, gradients.count, [&](int b, std::int64_t element) {
      if (gradients.data[b] != nullptr) gradients.data[b][element] = dy[i];
    });
  }
};

template <class T>
void split(cudaStream_t stream, index_t pixels, index_t branches,
           const index_t* channels,  // (branches)
           const T* dy,              // (pixels, all channels)
           T* const* gradients) {    // (branches), each (pixels, channels) or null
  const ChannelEnds ends(branches, channels);
  sweep(stream, pixels * static_cast<index_t>(ends.ends[branches - 1]), Split<T>{{branches, gradients}, ends, dy});
}

}  // namespace taut::kernels::cuda
