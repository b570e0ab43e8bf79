/// PatchOperand: the column matrix of im2col, which is never stored.
///
/// A patch index is (tap, channel) with the channel innermost, a pixel index (row, height, width).
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cuda/fast_division.cuh"
#include "taut/kernels/cuda/matrix_operand.cuh"

namespace taut::kernels::cuda {

/// x (rows, in_height, in_width, in_channels) seen as (output pixels, patch): outer is the output pixel.
template <class T, bool depth_inner>
class PatchOperand {
 public:
  using Element = T;
  static constexpr bool depth_is_inner = depth_inner;
  struct Outer {
    int first, h, w;  // the input pixel under the window's first tap, which may lie outside of the image
  };
  struct Inner {
    int h, w, pixels, channel;  // from the first tap
  };

  PatchOperand(const Conv2dGeometry& g, const T* x)
      : x_(x),
        out_pixels_(g.out_pixels()),
        out_width_(g.out_width()),
        group_channels_(g.group_in_channels()),
        kernel_width_(g.horizontal.kernel),
        height_(static_cast<int>(g.in_height)),
        width_(static_cast<int>(g.in_width)),
        channels_(static_cast<int>(g.in_channels)),
        group_stride_(static_cast<int>(g.group_in_channels())),
        stride_h_(static_cast<int>(g.vertical.stride)),
        stride_w_(static_cast<int>(g.horizontal.stride)),
        padding_h_(static_cast<int>(g.vertical.padding)),
        padding_w_(static_cast<int>(g.horizontal.padding)),
        dilation_h_(static_cast<int>(g.vertical.dilation)),
        dilation_w_(static_cast<int>(g.horizontal.dilation)) {}

  __device__ void enter_group(int group) { x_ += wide_offset(group, group_stride_, 0); }

  __device__ Outer outer(int pixel, bool exists) const {
    if (!exists) return {0, -2 * outside, 0};
    const int row = out_pixels_.quotient(pixel), in_row = out_pixels_.remainder(pixel, row);
    const int oh = out_width_.quotient(in_row), ow = out_width_.remainder(in_row, oh);
    const int h = oh * stride_h_ - padding_h_, w = ow * stride_w_ - padding_w_;
    return {(row * height_ + h) * width_ + w, h, w};
  }

  __device__ Inner inner(int patch, bool exists) const {
    if (!exists) return {outside, 0, 0, 0};
    const int tap = group_channels_.quotient(patch), channel = group_channels_.remainder(patch, tap);
    const int kh = kernel_width_.quotient(tap), kw = kernel_width_.remainder(tap, kh);
    const int h = kh * dilation_h_, w = kw * dilation_w_;
    return {h, w, h * width_ + w, channel};
  }

  __device__ OperandPlace place(const Outer& pixel, const Inner& tap) const {
    const auto h = static_cast<unsigned>(pixel.h + tap.h), w = static_cast<unsigned>(pixel.w + tap.w);  // before the image is far beyond
    const bool inside = static_cast<int>(h < static_cast<unsigned>(height_)) & static_cast<int>(w < static_cast<unsigned>(width_));
    return {inside, wide_offset(pixel.first + tap.pixels, channels_, tap.channel)};
  }
  __device__ const T* data() const { return x_; }

 private:
  static constexpr int outside = 1 << 29;  // more than any extent; −2 · outside + outside lies outside too

  const T* x_;
  FastDivision out_pixels_, out_width_, group_channels_, kernel_width_;
  int height_, width_, channels_, group_stride_;
  int stride_h_, stride_w_, padding_h_, padding_w_, dilation_h_, dilation_w_;
};

}  // namespace taut::kernels::cuda
