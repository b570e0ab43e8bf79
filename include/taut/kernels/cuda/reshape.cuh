/// Reshape: the numbers of each row from one image's place to another's. Written in order, read with a stride.
#pragma once

#include <cuda_runtime.h>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cuda/fast_division.cuh"
#include "taut/kernels/cuda/sweep.cuh"

namespace taut::kernels::cuda {

template <class T>
struct Reshape {
  FastDivision size, to_channels, from_pixels;
  int to_pixels, from_channels;
  const T* x;
  T* y;
  __device__ void operator()(std::int64_t i) const {
    const int element = static_cast<int>(i), row = size.quotient(element), written = size.remainder(element, row);
    const int pixel = to_channels.quotient(written), channel = to_channels.remainder(written, pixel);
    const int logical = channel * to_pixels + pixel;  // in PyTorch's order
    const int from_channel = from_pixels.quotient(logical), from_pixel = from_pixels.remainder(logical, from_channel);
    y[i] = x[i - written + from_pixel * from_channels + from_channel];
  }
};

template <class T>
void reshape(cudaStream_t stream, const ReshapeGeometry& g, index_t rows,
             const T* x,  // (rows, size / from_channels, from_channels)
             T* y) {      // (rows, size / to_channels, to_channels)
  in_32_bits(rows * g.size, "elements of a reshape");
  const index_t to_pixels = g.size / g.to_channels, from_pixels = g.size / g.from_channels;
  sweep(stream, rows * g.size,
        Reshape<T>{FastDivision(g.size), FastDivision(g.to_channels), FastDivision(from_pixels), static_cast<int>(to_pixels),
                   static_cast<int>(g.from_channels), x, y});
}

}  // namespace taut::kernels::cuda
