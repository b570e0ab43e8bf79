/// TileLoader: brings one step's part of a factor from memory to shared memory.
#pragma once

#include <cuda_runtime.h>

#include "taut/kernels/cuda/async_copy.cuh"
#include "taut/kernels/cuda/matrix_operand.cuh"
#include "taut/kernels/cuda/vector.cuh"

namespace taut::kernels::cuda {

/// A line is a row of the product's first factor or a column of its second. Either `fetch` starts the loads of the next step into
/// registers and `store` waits for them, so that arithmetic stands between the two, or `copy` starts asynchronous copies.
/// A thread moves vectors of `width` inner neighbours. Each of its passes has another outer index; the inner one they share, so that it
/// is decoded once.
template <class Operand, int lines, int depth, int threads, int width>
class TileLoader {
  using T = typename Operand::Element;
  static constexpr bool depth_is_inner = Operand::depth_is_inner;
  static constexpr int across = (depth_is_inner ? depth : lines) / width;  // vectors along the inner index
  static constexpr int outers = depth_is_inner ? lines : depth;
  static constexpr int outers_a_pass = threads / across;
  static constexpr int passes = (outers + outers_a_pass - 1) / outers_a_pass;
  static_assert(threads % across == 0, "every pass of a thread has the same inner index");

 public:
  /// Lines from `first_line` on, of `line_count` in all.
  __device__ __forceinline__ TileLoader(const Operand& operand, int thread, int first_line, int line_count)
      : operand_(operand), vector_(thread % across), outer_(thread / across) {
    if constexpr (depth_is_inner) {
#pragma unroll
      for (int p = 0; p < passes; ++p) {
        const int line = first_line + outer_ + p * outers_a_pass;
        fixed_[p] = operand_.outer(line, line < line_count);
      }
    } else {
      const int line = first_line + vector_ * width;
      fixed_[0] = operand_.inner(line, line < line_count);
    }
  }

  /// The depth from `k` on, up to `depth_end`.
  __device__ __forceinline__ void fetch(int k, int depth_end) {
    each_place(k, depth_end, [&](int pass, const OperandPlace& place) {
      fetched_[pass] = place.exists ? load_vector<width>(operand_.data() + place.offset) : Vector<T, width>{};
    });
  }

  /// Into element [k][line] of the tile.
  template <int stride>
  __device__ __forceinline__ void store(T (&tile)[depth][stride]) const {
#pragma unroll
    for (int p = 0; p < passes; ++p) {
      const int outer = outer_ + p * outers_a_pass;
      if (outers % outers_a_pass != 0 && outer >= outers) continue;
      if constexpr (depth_is_inner) {
#pragma unroll
        for (int i = 0; i < width; ++i) tile[vector_ * width + i][outer] = fetched_[p].values[i];
      } else {
        store_vector(&tile[outer][vector_ * width], fetched_[p]);
      }
    }
  }

  /// The same straight to a tile (outer, stride), as a group of asynchronous copies.
  __device__ __forceinline__ void copy(int k, int depth_end, T* tile, int stride) const {
    each_place(k, depth_end, [&](int pass, const OperandPlace& place) {
      const int outer = outer_ + pass * outers_a_pass;
      if (outers % outers_a_pass != 0 && outer >= outers) return;
      T* const to = tile + (outer * stride + vector_ * width);
      if (place.exists) {
        copy_async<width * static_cast<int>(sizeof(T))>(to, operand_.data() + place.offset);
      } else {
        store_vector(to, Vector<T, width>{});
      }
    });
  }

 private:
  template <class Take>
  __device__ __forceinline__ void each_place(int k, int depth_end, Take&& take) const {
    if constexpr (depth_is_inner) {
      const int mine = k + vector_ * width;
      const auto inner = operand_.inner(mine, mine < depth_end);
#pragma unroll
      for (int p = 0; p < passes; ++p) take(p, operand_.place(fixed_[p], inner));
    } else {
#pragma unroll
      for (int p = 0; p < passes; ++p) {
        const int mine = k + outer_ + p * outers_a_pass;
        take(p, operand_.place(operand_.outer(mine, mine < depth_end), fixed_[0]));
      }
    }
  }

  template <bool outer_is_fixed, class O>
  struct FixedIndex {
    using Type = typename O::Outer;
  };
  template <class O>
  struct FixedIndex<false, O> {
    using Type = typename O::Inner;
  };

  const Operand& operand_;
  int vector_, outer_;
  typename FixedIndex<depth_is_inner, Operand>::Type fixed_[depth_is_inner ? passes : 1];
  Vector<T, width> fetched_[passes];
};

}  // namespace taut::kernels::cuda
