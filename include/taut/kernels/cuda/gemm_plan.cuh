/// GemmPlan: into which blocks a matrix product is cut.
#pragma once

#include <algorithm>

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

/// How many blocks keep a large GPU busy: two on each of 132 multiprocessors (H100). A constant, so that every GPU adds up in the same
/// order; not measured.
inline constexpr index_t busy_blocks = 264;
/// What one block adds up at least where the depth is cut: eight steps, or the parts would cost more than they save.
inline constexpr index_t least_part_depth = 64;
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

/// Only a function of these, so that the same sizes give the same bits.
template <class T>
constexpr GemmPlan plan_gemm(const GemmSizes& sizes) {
  const auto [m, n, k, groups] = sizes;
  const auto blocks_of = [&](index_t tile_m, index_t tile_n) { return divide_up(m, tile_m) * divide_up(n, tile_n) * groups; };
  GemmPlan plan;
  index_t blocks = 0;
  if (n <= SmallTile::n) {
    blocks = blocks_of(SmallTile::m, SmallTile::n);
  } else if (blocks = blocks_of(LargeTile::m, LargeTile::n); blocks >= busy_blocks && sizeof(T) == sizeof(float)) {
    plan.size = TileSize::large;
  } else {
    plan.size = TileSize::medium;
    blocks = blocks_of(MediumTile::m, MediumTile::n);
  }
  plan.part_depth = std::max<index_t>(k, 1);
  if (blocks < busy_blocks) {
    constexpr index_t most_layers = 65535;  // of a grid
    const index_t wanted = std::min({divide_up(busy_blocks, blocks), k / least_part_depth, most_layers / groups});
    if (wanted > 1) plan.part_depth = divide_up(divide_up(k, wanted), depth_step) * depth_step;
  }
  plan.parts = divide_up(std::max<index_t>(k, 1), plan.part_depth);
  return plan;
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
