/// How many blocks there are of something.
#pragma once

#include <algorithm>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut::kernels::cuda {

constexpr index_t divide_up(index_t count, index_t size) { return (count + size - 1) / size; }

/// How a sum over pixels is cut into parts, one a block.
struct PixelParts {
  index_t most_parts;  ///< grows with the pixels, as a workspace must
  index_t parts, part_pixels;
};

/// Parts of at least `least` pixels and no more of them than `most`. A pure function, so that results don't depend on the GPU.
constexpr PixelParts cut_pixels(index_t pixels, index_t least, index_t most) {
  const index_t wanted = std::clamp<index_t>(divide_up(pixels, least), 1, most);
  const index_t part_pixels = std::max<index_t>(divide_up(pixels, wanted), 1);
  return {wanted, std::max<index_t>(divide_up(pixels, part_pixels), 1), part_pixels};
}

/// Kernels count lines, pixels and blocks in 32 bits. Throws an Error where `count` of `what` doesn't fit.
inline int in_32_bits(index_t count, const char* what) {
  constexpr index_t most = (index_t{1} << 31) - 1;
  if (count > most) fail("Cuda: a kernel counts ", what, " in 32 bits, up to ", most, ", but there are ", count);
  return static_cast<int>(count);
}

}  // namespace taut::kernels::cuda
