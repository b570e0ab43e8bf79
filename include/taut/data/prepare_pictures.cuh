/// prepare_pictures: a batch of a data set's pictures, from bytes to what a network reads, on the GPU: Preparation's other half.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

#include "taut/core/shape.hpp"
#include "taut/data/picture_change.hpp"
#include "taut/device/cuda/launch.cuh"

namespace taut::cuda {

/// A picture of a data set, and what becomes of it.
struct PictureOrder {
  std::uint32_t picture;
  PictureChange change;
};

/// How a pixel is made of the pixels at its source.
enum class PictureSource {
  itself,   ///< pictures stay where they are
  nearest,  ///< the one there
  bilinear  ///< the four around it
};

inline constexpr unsigned picture_threads = 256;

/// A thread a pixel. Reads one byte of the data set, or four, and writes four; bound by memory.
template <int source>
__global__ void __launch_bounds__(picture_threads)
    prepare_pictures_kernel(int height, int width, int fill,
                            const std::uint8_t* bytes,   // (pictures, height, width)
                            const PictureOrder* orders,  // (rows)
                            const float* table,          // (256)
                            float* out) {                // (rows, height, width, 1)
  const int pixel = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x), pixels = height * width;
  if (pixel >= pixels) return;
  const PictureOrder& order = orders[blockIdx.y];
  const PictureChange& change = order.change;
  const std::uint8_t* const image = bytes + static_cast<std::size_t>(order.picture) * static_cast<std::size_t>(pixels);
  const int row = pixel / width, column = pixel % width;
  const auto byte_at = [&](int y, int x) -> int {
    if (y < 0 || y >= height || x < 0 || x >= width) return fill;
    return image[y * width + (change.flip ? width - 1 - x : x)];
  };

  int byte;
  if constexpr (source == static_cast<int>(PictureSource::itself)) {
    byte = image[pixel];
  } else {
    const int x = change.x0 + row * change.x_by_y + column * change.x_by_x, y = change.y0 + row * change.y_by_y + column * change.y_by_x;
    const int left = x >> 16, top = y >> 16;
    if constexpr (source == static_cast<int>(PictureSource::nearest)) {
      byte = byte_at(top, left);
    } else {
      const int right_share = x >> 8 & 0xFF, lower_share = y >> 8 & 0xFF;
      const int upper = byte_at(top, left) * (256 - right_share) + byte_at(top, left + 1) * right_share;
      const int lower = byte_at(top + 1, left) * (256 - right_share) + byte_at(top + 1, left + 1) * right_share;
      byte = (upper * (256 - lower_share) + lower * lower_share + (1 << 15)) >> 16;
    }
  }
  const bool erased = static_cast<unsigned>(row) - change.erased_top < change.erased_rows &&
                      static_cast<unsigned>(column) - change.erased_left < change.erased_columns;
  out[static_cast<std::size_t>(blockIdx.y) * static_cast<std::size_t>(pixels) + static_cast<std::size_t>(pixel)] =
      erased ? 0.0F : table[change.levels[byte]];
}

/// What Preparation::apply does, bit for bit: all that isn't whole numbers was worked out on the host.
inline void prepare_pictures(cudaStream_t stream, PictureSource source, index_t rows, index_t height, index_t width, std::uint8_t fill,
                             const std::uint8_t* bytes,   // (pictures, height, width)
                             const PictureOrder* orders,  // (rows)
                             const float* table,          // (256)
                             float* out) {                // (rows, height, width, 1)
  const auto kernel = source == PictureSource::itself    ? prepare_pictures_kernel<static_cast<int>(PictureSource::itself)>
                      : source == PictureSource::nearest ? prepare_pictures_kernel<static_cast<int>(PictureSource::nearest)>
                                                         : prepare_pictures_kernel<static_cast<int>(PictureSource::bilinear)>;
  const auto blocks = static_cast<unsigned>((height * width + picture_threads - 1) / picture_threads);
  launch(stream, {.x = blocks, .y = static_cast<unsigned>(rows)}, picture_threads, kernel, static_cast<int>(height),
         static_cast<int>(width), static_cast<int>(fill), bytes, orders, table, out);
}

}  // namespace taut::cuda
