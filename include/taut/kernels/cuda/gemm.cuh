/// gemm: a matrix product by whichever kernel and tile suit it.
#pragma once

#include <cuda_runtime.h>

#include "taut/device/cuda/precision.cuh"
#include "taut/kernels/cuda/gemm_kernel.cuh"
#include "taut/kernels/cuda/gemm_plan.cuh"
#include "taut/kernels/cuda/sum_parts.cuh"
#include "taut/kernels/cuda/tensor_gemm_kernel.cuh"

namespace taut::kernels::cuda {

using taut::cuda::Precision;

/// What a product ends in.
template <class T>
struct GemmTarget {
  T* y;           // (m, groups, n)
  const T* bias;  // (groups, n) or null
  Activation activation;
  T* workspace;  // (gemm_workspace)
  T* column_sums = nullptr;  // (groups, n) or null: the sums over the depth of the second factor, where the first is transposed
};

namespace detail {

/// The grid of a kernel whose blocks compute tiles, and its columns of them.
template <class Tile>
taut::cuda::Grid tile_grid(GemmExtents& extents, index_t parts) {
  const index_t row_tiles = divide_up(static_cast<index_t>(extents.m), Tile::m);
  const index_t column_tiles = divide_up(static_cast<index_t>(extents.n), Tile::n);
  extents.column_tiles = static_cast<int>(column_tiles);
  return {static_cast<unsigned>(in_32_bits(row_tiles * column_tiles, "blocks")), 1,
          static_cast<unsigned>(parts * static_cast<index_t>(extents.groups))};
}

template <class T, class Tile, int width, class A, class B, class Rows>
void launch_gemm(cudaStream_t stream, const A& a, const B& b, const GemmOutput<T, Rows>& output, GemmExtents extents, index_t parts) {
  const taut::cuda::Grid blocks = tile_grid<Tile>(extents, parts);
  taut::cuda::launch(stream, blocks, Tile::threads, gemm_kernel<T, Tile, width, A, B, Rows>, a, b, output, extents);
}

template <class Tile, bool bf16, int width, class A, class B, class Rows>
void launch_tensor_gemm(cudaStream_t stream, const A& a, const B& b, const GemmOutput<float, Rows>& output, GemmExtents extents,
                        index_t parts) {
  taut::cuda::Grid blocks = tile_grid<Tile>(extents, parts);
  blocks.shared = Tile::stages * tensor_stage_size<Tile, bf16, A, B> * sizeof(float);
  taut::cuda::launch(stream, blocks, Tile::threads, tensor_gemm_kernel<Tile, bf16, width, A, B, Rows>, a, b, output, extents);
}

/// Elements are moved one by one where `vectors` is false: then a large tile has more addresses than registers.
template <class T, class A, class B, class Rows>
void multiply(cudaStream_t stream, const A& a, const B& b, const GemmOutput<T, Rows>& output, const GemmExtents& extents,
              const GemmPlan& plan, bool vectors) {
  if constexpr (sizeof(T) == sizeof(float)) {
    if (vectors) {
      if (plan.size == TileSize::large) return launch_gemm<T, LargeTile, 4>(stream, a, b, output, extents, plan.parts);
      if (plan.size == TileSize::medium) return launch_gemm<T, MediumTile, 4>(stream, a, b, output, extents, plan.parts);
      return launch_gemm<T, SmallTile, 4>(stream, a, b, output, extents, plan.parts);
    }
  }
  if (plan.size == TileSize::small) return launch_gemm<T, SmallTile, 1>(stream, a, b, output, extents, plan.parts);
  launch_gemm<T, MediumTile, 1>(stream, a, b, output, extents, plan.parts);
}

template <bool bf16, class A, class B, class Rows>
void multiply_on_tensor_cores(cudaStream_t stream, const A& a, const B& b, const GemmOutput<float, Rows>& output,
                              const GemmExtents& extents, const GemmPlan& plan, bool vectors) {
  if (vectors) {
    if (plan.size == TileSize::large) return launch_tensor_gemm<LargeTensorTile, bf16, 4>(stream, a, b, output, extents, plan.parts);
    if (plan.size == TileSize::medium) return launch_tensor_gemm<MediumTensorTile, bf16, 4>(stream, a, b, output, extents, plan.parts);
    return launch_tensor_gemm<SmallTensorTile, bf16, 4>(stream, a, b, output, extents, plan.parts);
  }
  if (plan.size == TileSize::small) return launch_tensor_gemm<SmallTensorTile, bf16, 1>(stream, a, b, output, extents, plan.parts);
  launch_tensor_gemm<MediumTensorTile, bf16, 1>(stream, a, b, output, extents, plan.parts);
}

}  // namespace detail

/// The parts of a product, or the whole of it where the plan has one part. `vectors` says that both operands may be read four inner
/// neighbours at a time: they are aligned, and every four of them exist or are zero together.
template <Precision precision, class T, class A, class B, class Rows>
void gemm_parts(cudaStream_t stream, const GemmSizes& sizes, const GemmPlan& plan, const A& a, const B& b,
                const GemmOutput<T, Rows>& output, bool vectors) {
  const GemmExtents extents{in_32_bits(sizes.m, "rows of a product"), static_cast<int>(sizes.n),
                            in_32_bits(sizes.k, "the depth of a product"), in_32_bits(sizes.groups, "groups"),
                            static_cast<int>(plan.part_depth)};
  const bool moves_vectors = vectors && sizes.n % 4 == 0 && aligned(output.data);
  if constexpr (precision == Precision::fp32 || sizeof(T) != sizeof(float)) {
    detail::multiply(stream, a, b, output, extents, plan, moves_vectors);
  } else {
    detail::multiply_on_tensor_cores<precision == Precision::bf16>(stream, a, b, output, extents, plan, moves_vectors);
  }
}

/// y = activation(A · B + bias), for each group.
template <class T, Precision precision, class A, class B>
void gemm(cudaStream_t stream, const GemmSizes& sizes, const A& a, const B& b, const GemmTarget<T>& target, bool vectors) {
  if (sizes.m == 0) return;
  const GemmPlan plan = plan_gemm<T>(sizes);
  const bool whole = plan.parts == 1;
  const index_t stride = sizes.groups * sizes.n;
  const index_t tail = target.column_sums != nullptr ? stride : 0, part_size = sizes.m * stride + tail;
  GemmOutput<T> output{whole ? target.y : target.workspace, in_32_bits(stride, "columns of a product"), static_cast<int>(sizes.n),
                       static_cast<std::int64_t>(part_size)};
  if (whole) {
    output.bias = target.bias;
    output.kind = target.activation.kind;
    output.negative_slope = static_cast<T>(target.activation.negative_slope);
  }
  if (tail > 0) output.column_sums = whole ? target.column_sums : target.workspace + sizes.m * stride;
  gemm_parts<precision>(stream, sizes, plan, a, b, output, vectors);
  if (whole) return;
  sum_parts<T>(stream, plan.parts, part_size, target.workspace, target.bias, stride, target.activation, target.y, tail, target.column_sums);
}

}  // namespace taut::kernels::cuda
