/// plan: the sizes of a Winograd convolution, and whether it is the way to go.
///
/// An output image is covered by m×m tiles; each reads n×n pixels, n = m + 2. A transformed tile has n·n points, and each point is a
/// product of its own: (tiles, in_channels) · (in_channels, out_channels). Transformed data lies in panels of nr channels, one cache line
/// of float: (points, panels, tiles, nr).
#pragma once

#include <algorithm>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/gemm_blocking.hpp"

namespace taut::kernels::cpu::winograd {

/// Channels of a panel.
template <class T>
inline constexpr index_t nr = gemm_tile().vectors * width<T>;

constexpr index_t parts(index_t count, index_t size) { return (count + size - 1) / size; }

/// Multiplications a pair of channels and an image.
constexpr index_t multiplications(const Conv2dGeometry& g, index_t m) {
  return parts(g.out_height(), m) * parts(g.out_width(), m) * (m + 2) * (m + 2);
}

/// The m of the fewest multiplications: 4 where it divides the image, 3 on 6×6 pixels, which 4×4 tiles would cover with 8×8.
constexpr index_t best_m(const Conv2dGeometry& g) {
  index_t best = 4;
  for (const index_t m : {index_t{3}, index_t{2}}) {
    if (multiplications(g, m) < multiplications(g, best)) best = m;
  }
  return best;
}

/// What Winograd's algorithm is for.
template <class T>
constexpr bool possible(const Conv2dGeometry& g) {
  constexpr Window window{3, 1, 0, 1};
  Window vertical = g.vertical, horizontal = g.horizontal;
  vertical.padding = horizontal.padding = 0;
  return vertical == window && horizontal == window && g.vertical.padding <= 2 && g.horizontal.padding <= 2 && g.groups == 1 &&
         g.in_channels % nr<T> == 0 && g.out_channels % nr<T> == 0;
}

/// The cost model: products cost their multiplications, transforms about as much as `transform_channels` more channels on each side would.
/// Zen 3, AVX2, batch 64, 2026-11-24, forward and backward over the direct ways: 16 → 16 channels on 24×24 pixels 1.7 and 1.6 times as
/// fast, on 7×7 2.4 and 2.0 times, 32 → 64 on 24×24 2.3 and 2.5 times.
template <class T>
constexpr bool pays(const Conv2dGeometry& g) {
  constexpr index_t transform_channels = 12;
  if (!possible<T>(g)) return false;
  const index_t direct = 9 * g.out_pixels() * g.in_channels * g.out_channels;
  return multiplications(g, best_m(g)) * (g.in_channels + transform_channels) * (g.out_channels + transform_channels) < direct;
}

template <Conv2dGeometry g, class T>
struct Plan {
  static constexpr index_t m = best_m(g), n = m + 2, points = n * n;
  static constexpr index_t tile_lines = parts(g.out_height(), m), tile_columns = parts(g.out_width(), m), tiles = tile_lines * tile_columns;
  static constexpr index_t in_panels = g.in_channels / nr<T>, out_panels = g.out_channels / nr<T>;
  /// Elements of the transformed filter.
  static constexpr index_t filter_size = points * g.in_channels * g.out_channels;
  /// Whether tiles stick out over the image's lower or right edge.
  static constexpr bool exact = tile_lines * m == g.out_height() && tile_columns * m == g.out_width();

  /// Transformed elements of one tile.
  static constexpr index_t in_tile = points * g.in_channels, out_tile = points * g.out_channels, panel_tile = points * nr<T>;

  /// Tiles that are transformed and multiplied together, so that the products find them in the L2 cache. 320 KiB of its 512: the rest is
  /// for the filter that streams through and for the image. Zen 3, the emotion network's layers, 2026-11-24: 192 to 512 KiB within 5%,
  /// but for both gradients of 128 → 256 channels on 6×6 pixels, which take 13.9 ms with 192, 14.4 with 256 and 12.8 to 13.0 from 320 on.
  static constexpr index_t block_bytes = 320 * 1024;
  static constexpr index_t block_tiles(index_t bytes_a_tile) {
    constexpr index_t mr = gemm_tile().mr;
    return std::max(mr, block_bytes / bytes_a_tile / mr * mr);
  }
};

/// A tile's place.
struct Place {
  index_t row, line, column;  // of the sample in the batch; of the tile among the sample's
};

template <Conv2dGeometry g, class T>
constexpr Place place_of(index_t tile) {
  using P = Plan<g, T>;
  return {tile / P::tiles, tile % P::tiles / P::tile_columns, tile % P::tile_columns};
}

}  // namespace taut::kernels::cpu::winograd
