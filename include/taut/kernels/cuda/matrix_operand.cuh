/// MatrixOperand: a factor of a matrix product that lies in memory as a matrix.
///
/// An operand is what a product's kernel reads a factor through. Its elements have two indices: `inner`, along which memory is
/// contiguous, and `outer`. One of them is the product's depth, which is summed over; `depth_is_inner` says which. A kernel decodes each
/// index once (`inner`, `outer`) and asks for the place of many pairs. A factor that has none is zero: beyond an edge, or in a
/// convolution's padding. Where a kernel reads several elements at once they are `inner` neighbours.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "taut/core/shape.hpp"

namespace taut::kernels::cuda {

/// data()[offset] where the element exists. No branch: multiplying what isn't needed is cheaper.
struct OperandPlace {
  bool exists;
  std::uint64_t offset;
};

/// index · stride + rest, of which index and stride aren't negative: one multiplication, where signed ones take four.
__device__ __forceinline__ std::uint64_t wide_offset(int index, int stride, int rest) {
  return std::uint64_t{static_cast<std::uint32_t>(index)} * static_cast<std::uint32_t>(stride) + static_cast<std::uint32_t>(rest);
}

template <class T, bool depth_inner>
class MatrixOperand {
 public:
  using Element = T;
  using Outer = int;
  using Inner = int;
  static constexpr bool depth_is_inner = depth_inner;

  /// Element (outer, inner) of group g is data[outer * stride + g * group_stride + inner].
  MatrixOperand(const T* data, index_t stride, index_t group_stride = 0)
      : data_(data), stride_(static_cast<int>(stride)), group_stride_(static_cast<int>(group_stride)) {}

  __device__ void enter_group(int group) { data_ += wide_offset(group, group_stride_, 0); }
  __device__ Outer outer(int i, bool exists) const { return exists ? i : -1; }
  __device__ Inner inner(int i, bool exists) const { return exists ? i : -1; }
  __device__ OperandPlace place(Outer i, Inner j) const { return {(i | j) >= 0, wide_offset(i, stride_, j)}; }
  __device__ const T* data() const { return data_; }

 private:
  const T* data_;
  int stride_, group_stride_;
};

}  // namespace taut::kernels::cuda
