/// tensor_gemm_kernel: a matrix product of floats on tensor cores, with factors rounded to tf32 or bf16 and sums in float.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

#include "taut/device/cuda/launch.cuh"
#include "taut/kernels/cuda/gemm_kernel.cuh"
#include "taut/kernels/cuda/mma.cuh"
#include "taut/kernels/cuda/tile_loader.cuh"

namespace taut::kernels::cuda {

/// What one block computes, (m, n), by 2×2 warps; 16 of the depth at a step, which two products of tf32 take or one of bf16.
template <int m_, int n_>
struct TensorTile {
  static constexpr int m = m_, n = n_, k = 16, threads = 128;
  static constexpr int warp_m = m / 2, warp_n = n / 2;
  /// Tiles in shared memory: one is multiplied while the others are on their way.
  static constexpr int stages = 3;
};

/// A tile of one factor in shared memory, (outer, inner) as its operand has it. Lanes 4·g + t of a warp read line g and depth t, or
/// depths 2·t and 2·t + 1 for bf16: these strides spread them over all 32 banks.
template <bool depth_is_inner, bool bf16, int lines, int depth>
struct SharedTile {
  static constexpr int stride = depth_is_inner ? depth + (bf16 ? 8 : 4) : lines + (bf16 ? 4 : 8);
  static constexpr int size = (depth_is_inner ? lines : depth) * stride;

  __device__ __forceinline__ static float at(const float* tile, int line, int k) {
    return tile[depth_is_inner ? line * stride + k : k * stride + line];
  }
  /// What one register of a fragment holds: an element, or for bf16 two neighbours along the depth.
  __device__ __forceinline__ static std::uint32_t factor(const float* tile, int line, int k) {
    if constexpr (!bf16) {
      return to_tf32(at(tile, line, k));
    } else if constexpr (depth_is_inner) {
      const Vector<float, 2> pair = load_vector<2>(tile + (line * stride + k));
      return to_bf16(pair.values[0], pair.values[1]);
    } else {
      return to_bf16(at(tile, line, k), at(tile, line, k + 1));
    }
  }
};

/// The shared memory of a block.
template <class Tile, bool bf16, class A, class B>
inline constexpr int tensor_stage_size =
    SharedTile<A::depth_is_inner, bf16, Tile::m, Tile::k>::size + SharedTile<B::depth_is_inner, bf16, Tile::n, Tile::k>::size;

/// The arguments, flops and bytes of gemm_kernel. Asynchronous copies bring the factors as floats, with one barrier a step; a warp rounds
/// them when it reads a fragment; column sums are of the unrounded. Every element is summed in the order of its steps.
template <class Tile, bool bf16, int width, class A, class B, class Rows>
__global__ void __launch_bounds__(Tile::threads, resident_blocks<float>)
    tensor_gemm_kernel(A a, B b, GemmOutput<float, Rows> output, GemmExtents extents) {
  using SharedA = SharedTile<A::depth_is_inner, bf16, Tile::m, Tile::k>;
  using SharedB = SharedTile<B::depth_is_inner, bf16, Tile::n, Tile::k>;
  constexpr int stage_size = tensor_stage_size<Tile, bf16, A, B>;
  float* const shared = taut::cuda::dynamic_shared<float>();

  const int thread = static_cast<int>(threadIdx.x);
  const BlockPlace place(extents, Tile::m, Tile::n);
  a.enter_group(place.group);
  b.enter_group(place.group);
  output.enter(place.part, place.group);
  TileLoader<A, Tile::m, Tile::k, Tile::threads, width> load_a(a, thread, place.first_m, extents.m);
  TileLoader<B, Tile::n, Tile::k, Tile::threads, width> load_b(b, thread, place.first_n, extents.n);

  // A group of copies is committed at every step, empty at the end, so that the number of pending groups says which step has arrived.
  const auto start = [&](int k, int stage) {
    if (k < place.k_end) {
      load_a.copy(k, place.k_end, shared + stage * stage_size, SharedA::stride);
      load_b.copy(k, place.k_end, shared + (stage * stage_size + SharedA::size), SharedB::stride);
    }
    commit_copies();
  };
  for (int stage = 0; stage + 1 < Tile::stages; ++stage) start(place.k_begin + stage * Tile::k, stage);

  constexpr int tiles_m = Tile::warp_m / 16, tiles_n = Tile::warp_n / 8, depth = bf16 ? 16 : 8, second_half = depth / 2;
  const int lane = thread % 32, warp = thread / 32, g = lane / 4, t = lane % 4;
  const int warp_m = warp / 2 * Tile::warp_m, warp_n = warp % 2 * Tile::warp_n, first_depth = bf16 ? 2 * t : t;
  float sums[tiles_m][tiles_n][4] = {};
  const bool sums_column = sums_columns<A> && output.column_sums != nullptr && place.first_m == 0 && thread < Tile::n;
  float column_sum = 0;
  for (int k = place.k_begin, stage = 0; k < place.k_end; k += Tile::k, stage = stage + 1 == Tile::stages ? 0 : stage + 1) {
    wait_for_copies<Tile::stages - 2>();
    __syncthreads();  // all copies of this step are there, and nobody reads the tile of the last step any more, which is filled next
    start(k + (Tile::stages - 1) * Tile::k, stage == 0 ? Tile::stages - 1 : stage - 1);
    const float* const tile_a = shared + stage * stage_size;
    const float* const tile_b = tile_a + SharedA::size;
    if (sums_column) {
#pragma unroll
      for (int step = 0; step < Tile::k; ++step) column_sum += SharedB::at(tile_b, thread, step);
    }
#pragma unroll
    for (int first = 0; first < Tile::k; first += depth) {
      const int step = first + first_depth;
      std::uint32_t factors_a[tiles_m][4], factors_b[tiles_n][2];
#pragma unroll
      for (int i = 0; i < tiles_m; ++i) {
        const int line = warp_m + i * 16 + g;
        factors_a[i][0] = SharedA::factor(tile_a, line, step);
        factors_a[i][1] = SharedA::factor(tile_a, line + 8, step);
        factors_a[i][2] = SharedA::factor(tile_a, line, step + second_half);
        factors_a[i][3] = SharedA::factor(tile_a, line + 8, step + second_half);
      }
#pragma unroll
      for (int j = 0; j < tiles_n; ++j) {
        const int line = warp_n + j * 8 + g;
        factors_b[j][0] = SharedB::factor(tile_b, line, step);
        factors_b[j][1] = SharedB::factor(tile_b, line, step + second_half);
      }
#pragma unroll
      for (int i = 0; i < tiles_m; ++i) {
#pragma unroll
        for (int j = 0; j < tiles_n; ++j) {
          if constexpr (bf16) {
            mma_bf16(sums[i][j], factors_a[i], factors_b[j]);
          } else {
            mma_tf32(sums[i][j], factors_a[i], factors_b[j]);
          }
        }
      }
    }
  }
  wait_for_copies<0>();

  if (sums_column && place.first_n + thread < extents.n) output.column_sums[place.first_n + thread] = column_sum;
  const auto row_of = [&](int i, int half) { return place.first_m + warp_m + i * 16 + half * 8 + g; };
  const auto column_of = [&](int j) { return place.first_n + warp_n + j * 8 + 2 * t; };
#pragma unroll
  for (int j = 0; j < tiles_n; ++j) {
    const int column = column_of(j);
    const float biases[2] = {output.bias_of(column, extents.n), output.bias_of(column + 1, extents.n)};
#pragma unroll
    for (int i = 0; i < tiles_m; ++i) {
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        const Vector<float, 2> pair{sums[i][j][2 * half], sums[i][j][2 * half + 1]};
        if (row_of(i, half) < extents.m) output.template write<2, width == 4>(row_of(i, half), column, extents.n, pair, biases);
      }
    }
  }
  if (!output.has_curve()) return;
#pragma unroll 1
  for (int i = 0; i < 2 * tiles_m; ++i) {
    const int row = row_of(i / 2, i % 2);
#pragma unroll 1
    for (int j = 0; j < 2 * tiles_n; ++j) {
      const int column = column_of(j / 2) + j % 2;
      if (row < extents.m && column < extents.n) output.curve(row, column);
    }
  }
}

}  // namespace taut::kernels::cuda
