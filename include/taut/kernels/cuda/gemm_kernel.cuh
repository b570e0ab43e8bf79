/// gemm_kernel: a matrix product on ordinary multipliers, whose factors are read through operands (matrix_operand.cuh).
#pragma once

#include <cuda_runtime.h>

#include "taut/kernels/cuda/gemm_output.cuh"
#include "taut/kernels/cuda/tile_loader.cuh"

namespace taut::kernels::cuda {

/// What one block computes, (m, n), `k` of the depth at a step; each thread of it (thread_m, thread_n).
template <int m_, int n_, int k_, int thread_m_, int thread_n_>
struct GemmTile {
  static constexpr int m = m_, n = n_, k = k_, thread_m = thread_m_, thread_n = thread_n_;
  static constexpr int threads = (m / thread_m) * (n / thread_n);
};

/// Blocks that a multiprocessor has registers for, 168 a thread of 128 (255 for double). Unasked nvcc rather spills a few than to go
/// beyond 64 or 128.
template <class T>
inline constexpr int resident_blocks = sizeof(T) == sizeof(float) ? 3 : 2;

/// Of one group. The depth is cut into parts of part_depth, one a block; a block's index is its part, then its group (z), its rows, then
/// its columns (x): neighbours in x share the first factor, which is the larger one.
struct GemmExtents {
  int m = 0, n = 0, k = 0, groups = 1, part_depth = 0, column_tiles = 1;
};

/// What the running block computes of it.
struct BlockPlace {
  int part, group, first_m, first_n, k_begin, k_end;

  __device__ __forceinline__ BlockPlace(const GemmExtents& extents, int tile_m, int tile_n) {
    const int tile = static_cast<int>(blockIdx.x), layer = static_cast<int>(blockIdx.z);
    part = layer / extents.groups;
    group = layer - part * extents.groups;
    const int row_tile = tile / extents.column_tiles;
    first_m = row_tile * tile_m;
    first_n = (tile - row_tile * extents.column_tiles) * tile_n;
    k_begin = part * extents.part_depth;
    k_end = extents.k - k_begin < extents.part_depth ? extents.k : k_begin + extents.part_depth;
  }
};

/// Whether a product may be asked for column sums: weights' gradients, whose first factor is transposed.
template <class A>
inline constexpr bool sums_columns = !A::depth_is_inner;

/// output (m, n) = A (m, k) · B (k, n). 2·m·n·k flops; each block reads k·(Tile::m + Tile::n) elements and writes Tile::m·Tile::n.
/// Two tiles in shared memory take turns: while one is multiplied, the next is on its way through registers, with one barrier a step.
/// Every element is summed in the order of k, whatever the tile. Elements are read and written `width` at a time.
template <class T, class Tile, int width, class A, class B, class Rows>
__global__ void __launch_bounds__(Tile::threads, resident_blocks<T>)
    gemm_kernel(A a, B b, GemmOutput<T, Rows> output, GemmExtents extents) {
  constexpr int chunk = widest<T>;  // of shared memory, a thread's smallest unit
  constexpr int chunks_m = Tile::thread_m / chunk, chunks_n = Tile::thread_n / chunk;
  // One chunk more: the elements of a vector along k are written to rows that lie in other banks.
  constexpr int stride_m = Tile::m + chunk, stride_n = Tile::n + chunk;
  alignas(16) __shared__ T tile_a[2][Tile::k][stride_m];
  alignas(16) __shared__ T tile_b[2][Tile::k][stride_n];

  const int thread = static_cast<int>(threadIdx.x);
  const BlockPlace place(extents, Tile::m, Tile::n);
  a.enter_group(place.group);
  b.enter_group(place.group);
  output.enter(place.part, place.group);

  // A thread's lines are `chunk` neighbours of each of several spans, so that a warp reads shared memory without gaps.
  constexpr int columns = Tile::n / Tile::thread_n;
  const int my_m = thread / columns * chunk, my_n = thread % columns * chunk;
  constexpr int span_m = Tile::m / chunks_m, span_n = Tile::n / chunks_n;

  TileLoader<A, Tile::m, Tile::k, Tile::threads, width> load_a(a, thread, place.first_m, extents.m);
  TileLoader<B, Tile::n, Tile::k, Tile::threads, width> load_b(b, thread, place.first_n, extents.n);
  T sums[Tile::thread_m][Tile::thread_n] = {};
  const bool sums_column = sums_columns<A> && output.column_sums != nullptr && place.first_m == 0 && thread < Tile::n;
  T column_sum{};

  load_a.fetch(place.k_begin, place.k_end);
  load_b.fetch(place.k_begin, place.k_end);
  load_a.store(tile_a[0]);
  load_b.store(tile_b[0]);
  __syncthreads();
  for (int k = place.k_begin, turn = 0; k < place.k_end; k += Tile::k, turn ^= 1) {
    const bool more = k + Tile::k < place.k_end;
    if (more) {
      load_a.fetch(k + Tile::k, place.k_end);
      load_b.fetch(k + Tile::k, place.k_end);
    }
    if (sums_column) {
#pragma unroll
      for (int step = 0; step < Tile::k; ++step) column_sum += tile_b[turn][step][thread];
    }
#pragma unroll
    for (int step = 0; step < Tile::k; ++step) {
      Vector<T, chunk> column[chunks_m], row[chunks_n];
#pragma unroll
      for (int c = 0; c < chunks_m; ++c) column[c] = load_vector<chunk>(&tile_a[turn][step][c * span_m + my_m]);
#pragma unroll
      for (int c = 0; c < chunks_n; ++c) row[c] = load_vector<chunk>(&tile_b[turn][step][c * span_n + my_n]);
#pragma unroll
      for (int i = 0; i < Tile::thread_m; ++i) {
#pragma unroll
        for (int j = 0; j < Tile::thread_n; ++j) {
          sums[i][j] += column[i / chunk].values[i % chunk] * row[j / chunk].values[j % chunk];
        }
      }
    }
    if (more) {
      load_a.store(tile_a[turn ^ 1]);
      load_b.store(tile_b[turn ^ 1]);
      __syncthreads();
    }
  }

  if (sums_column && place.first_n + thread < extents.n) output.column_sums[place.first_n + thread] = column_sum;
  const auto row_of = [&](int i) { return place.first_m + i / chunk * span_m + my_m + i % chunk; };
  const auto column_of = [&](int j) { return place.first_n + j / chunk * span_n + my_n + j % chunk; };
  T biases[Tile::thread_n];
#pragma unroll
  for (int j = 0; j < Tile::thread_n; ++j) biases[j] = output.bias_of(column_of(j), extents.n);
#pragma unroll
  for (int i = 0; i < Tile::thread_m; ++i) {
    if (row_of(i) >= extents.m) continue;
#pragma unroll
    for (int c = 0; c < chunks_n; ++c) {
      Vector<T, chunk> sum;
#pragma unroll
      for (int v = 0; v < chunk; ++v) sum.values[v] = sums[i][c * chunk + v];
      output.template write<chunk, width == chunk>(row_of(i), column_of(c * chunk), extents.n, sum, biases + c * chunk);
    }
  }
  if (!output.has_curve()) return;
#pragma unroll 1
  for (int i = 0; i < Tile::thread_m; ++i) {
#pragma unroll 1
    for (int j = 0; j < Tile::thread_n; ++j) {
      if (row_of(i) < extents.m && column_of(j) < extents.n) output.curve(row_of(i), column_of(j));
    }
  }
}

}  // namespace taut::kernels::cuda
