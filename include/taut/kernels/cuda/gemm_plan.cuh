/// GemmPlan: into which blocks a matrix product is cut.
#pragma once

#include <algorithm>
#include <array>
#include <limits>

#include "taut/kernels/cuda/blocks.cuh"
#include "taut/kernels/cuda/gemm_kernel.cuh"
#include "taut/kernels/cuda/tensor_gemm_kernel.cuh"

namespace taut::kernels::cuda {

/// Three sizes of tiles, the same for every kernel, so that a plan holds for any. Large tiles read memory the least; smaller ones are for
/// products that large tiles would leave idle multiprocessors in, or that have few columns.
/// Chosen by counting instructions and registers; they have not been measured on a GPU yet.
enum class TileSize { small, medium, large };

/// On ordinary multipliers: 8×8 elements a thread are 64 multiplications for 16 elements from shared memory, and fit in some 150
/// registers, three blocks a multiprocessor. 8 of the depth at a step are one 32-byte sector of memory a line.
using LargeTile = GemmTile<128, 64, 8, 8, 8>;
using MediumTile = GemmTile<64, 64, 8, 8, 4>;
using SmallTile = GemmTile<64, 32, 8, 4, 4>;

/// On tensor cores: each of four warps a quarter.
using LargeTensorTile = TensorTile<LargeTile::m, LargeTile::n>;
using MediumTensorTile = TensorTile<MediumTile::m, MediumTile::n>;
using SmallTensorTile = TensorTile<SmallTile::m, SmallTile::n>;

/// Parts of the depth are whole steps of every kernel.
inline constexpr index_t depth_step = 16;

/// `groups` products of (m, k) and (k, n).
struct GemmSizes {
  index_t m, n, k, groups = 1;
};

struct GemmPlan {
  TileSize size = TileSize::small;
  index_t parts = 1, part_depth = 1;
};

namespace detail {

/// What a plan is estimated by: an H100's numbers, whatever GPU there is, so that every GPU adds up in the same order. Estimates in units
/// of one multiplication of one of its multiprocessors; not measured on one yet.
inline constexpr index_t multiprocessors = 132;
/// Multiplications among the instructions of an inner loop, counted in the machine code for sm_90.
inline constexpr double small_efficiency = 0.54, medium_efficiency = 0.70, large_efficiency = 0.79;
/// What is left of a multiprocessor's speed while it has one block of four warps, or two.
inline constexpr double alone = 0.6, in_pairs = 0.9;
/// Writing and reading one element of a part takes so long (8 bytes of 3.3 TB/s against 128 multiplications at 1.7 GHz), and starting the
/// kernel that adds the parts up two microseconds.
inline constexpr double part_element = 0.58, sum_launch = 435'000;
/// What one block adds up at least.
inline constexpr index_t least_part_depth = 64;

struct TileEstimate {
  TileSize size;
  index_t m, n;
  double efficiency;
};

/// The time of the whole product where it is cut into so many parts.
constexpr double estimate(const GemmSizes& sizes, const TileEstimate& tile, index_t tiles, index_t part_depth, index_t parts) {
  const index_t turns = divide_up(tiles * parts, multiprocessors);  // blocks of the busiest multiprocessor
  const double speed = tile.efficiency * (turns == 1 ? alone : turns == 2 ? in_pairs : 1.0);
  const double products = static_cast<double>(turns * tile.m * tile.n * part_depth) / speed;
  return parts == 1 ? products : products + sum_launch + part_element * static_cast<double>(parts * sizes.m * sizes.n * sizes.groups);
}

}  // namespace detail

/// The tile and parts of the shortest estimate. Only a function of the sizes, so that the same sizes give the same bits.
template <class T>
constexpr GemmPlan plan_gemm(const GemmSizes& sizes) {
  constexpr std::array tiles{detail::TileEstimate{TileSize::small, SmallTile::m, SmallTile::n, detail::small_efficiency},
                             detail::TileEstimate{TileSize::medium, MediumTile::m, MediumTile::n, detail::medium_efficiency},
                             detail::TileEstimate{TileSize::large, LargeTile::m, LargeTile::n, detail::large_efficiency}};
  constexpr index_t most_layers = 65535;  // of a grid
  const index_t most_parts = std::max<index_t>(std::min(sizes.k / detail::least_part_depth, most_layers / sizes.groups), 1);
  GemmPlan best;
  double shortest = std::numeric_limits<double>::infinity();
  for (const detail::TileEstimate& tile : tiles) {
    if (tile.size == TileSize::large && sizeof(T) != sizeof(float)) continue;  // more registers than there are
    const index_t blocks = divide_up(sizes.m, tile.m) * divide_up(sizes.n, tile.n) * sizes.groups;
    for (index_t turns = 0; turns <= 6; ++turns) {  // parts that give every multiprocessor so many blocks, and first of all one part
      const index_t wanted = std::clamp<index_t>(turns * detail::multiprocessors / std::max<index_t>(blocks, 1), 1, most_parts);
      const index_t part_depth = std::max<index_t>(divide_up(divide_up(sizes.k, wanted), depth_step), 1) * depth_step;
      const index_t parts = std::max<index_t>(divide_up(sizes.k, part_depth), 1);
      const double time = detail::estimate(sizes, tile, blocks, part_depth, parts);
      if (time >= shortest) continue;
      shortest = time;
      best = {tile.size, parts, part_depth};
    }
  }
  return best;
}

/// Elements that the parts of a product need, with or without column sums.
template <class T>
constexpr index_t gemm_workspace(const GemmSizes& sizes, bool column_sums = false) {
  const index_t parts = plan_gemm<T>(sizes).parts;
  return parts > 1 ? parts * (sizes.m + (column_sums ? 1 : 0)) * sizes.n * sizes.groups : 0;
}

/// The most that `need(r)` is for a batch of r ≤ rows: smaller batches may be cut into more parts.
template <class Need>
constexpr index_t most_of_batches(index_t rows, Need&& need) {
  index_t most = 0;
  for (index_t r = 1; r <= rows; ++r) most = std::max<index_t>(most, need(r));
  return most;
}

}  // namespace taut::kernels::cuda
