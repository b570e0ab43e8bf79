/// The two factors of the input's gradient, for the input pixels of one class.
///
/// Where a window moves by a stride, an input pixel meets only those taps whose distance from it is a multiple of the stride. Pixels whose
/// places leave the same remainder meet the same taps: a class of them is a product by itself, in which nothing is multiplied with zero.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <numeric>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cuda/fast_division.cuh"
#include "taut/kernels/cuda/matrix_operand.cuh"

namespace taut::kernels::cuda {

/// One axis of a class: its inputs are first_input + stride · i, its taps first_tap + tap_step · j, and the two meet in the output
/// first_output + i − output_step · j, where there is one.
struct ClassAxis {
  int first_input = 0, inputs = 0, stride = 1;
  int first_tap = 0, taps = 0, tap_step = 1;
  int first_output = 0, output_step = 1;

  ClassAxis(const Window& window, index_t extent, index_t remainder)
      : first_input(static_cast<int>(remainder)), stride(static_cast<int>(window.stride)) {
    if (remainder < extent) inputs = static_cast<int>((extent - remainder - 1) / window.stride + 1);
    const index_t common = std::gcd(window.dilation, window.stride), place = remainder + window.padding;
    tap_step = static_cast<int>(window.stride / common);
    output_step = static_cast<int>(window.dilation / common);
    for (index_t tap = 0; tap < window.kernel && tap < window.stride / common; ++tap) {
      if (tap * window.dilation % window.stride != place % window.stride) continue;
      first_tap = static_cast<int>(tap);
      taps = static_cast<int>((window.kernel - tap - 1) / static_cast<index_t>(tap_step) + 1);
      first_output = (static_cast<int>(place) - static_cast<int>(tap * window.dilation)) / stride;
      break;
    }
  }
};

/// The input pixels of a class, counted row by row.
struct ClassRows {
  ClassRows() = default;
  ClassRows(const Conv2dGeometry& g, const ClassAxis& vertical, const ClassAxis& horizontal)
      : by_pixels(static_cast<index_t>(vertical.inputs * horizontal.inputs)),
        by_width(static_cast<index_t>(horizontal.inputs)),
        in_pixels(static_cast<int>(g.in_pixels())),
        first(vertical.first_input * static_cast<int>(g.in_width) + horizontal.first_input),
        step_h(vertical.stride * static_cast<int>(g.in_width)),
        step_w(horizontal.stride) {}

  __device__ int row(int i) const {
    const int image = by_pixels.quotient(i), in_image = by_pixels.remainder(i, image);
    const int h = by_width.quotient(in_image), w = by_width.remainder(in_image, h);
    return image * in_pixels + first + h * step_h + w * step_w;
  }

  FastDivision by_pixels, by_width;
  int in_pixels = 0, first = 0, step_h = 0, step_w = 0;
};

/// dy (rows, out_height, out_width, out_channels) as (input pixels of a class, patch): outer is the input pixel. A patch index is
/// (tap of the class, output channel of the group) with the channel innermost.
template <class T>
class GradientPatchOperand {
 public:
  using Element = T;
  static constexpr bool depth_is_inner = true;
  struct Outer {
    int first, h, w;  // the output pixel that the first tap meets, which may lie outside of the image
  };
  struct Inner {
    int h, w, pixels, channel;  // how far before that
  };

  GradientPatchOperand(const Conv2dGeometry& g, const ClassAxis& vertical, const ClassAxis& horizontal, const T* dy)
      : dy_(dy),
        by_pixels_(static_cast<index_t>(vertical.inputs * horizontal.inputs)),
        by_width_(static_cast<index_t>(horizontal.inputs)),
        by_channels_(g.group_out_channels()),
        by_taps_(static_cast<index_t>(horizontal.taps > 0 ? horizontal.taps : 1)),
        height_(static_cast<int>(g.out_height())),
        width_(static_cast<int>(g.out_width())),
        channels_(static_cast<int>(g.out_channels)),
        group_stride_(static_cast<int>(g.group_out_channels())),
        first_h_(vertical.first_output),
        first_w_(horizontal.first_output),
        step_h_(vertical.output_step),
        step_w_(horizontal.output_step) {}

  __device__ void enter_group(int group) { dy_ += wide_offset(group, group_stride_, 0); }

  __device__ Outer outer(int pixel, bool exists) const {
    if (!exists) return {0, -1, 0};
    const int row = by_pixels_.quotient(pixel), in_row = by_pixels_.remainder(pixel, row);
    const int i = by_width_.quotient(in_row), j = by_width_.remainder(in_row, i);
    const int h = i + first_h_, w = j + first_w_;
    return {(row * height_ + h) * width_ + w, h, w};
  }

  __device__ Inner inner(int patch, bool exists) const {
    if (!exists) return {outside, 0, 0, 0};
    const int tap = by_channels_.quotient(patch), channel = by_channels_.remainder(patch, tap);
    const int i = by_taps_.quotient(tap), j = by_taps_.remainder(tap, i);
    const int h = i * step_h_, w = j * step_w_;
    return {h, w, h * width_ + w, channel};
  }

  __device__ OperandPlace place(const Outer& pixel, const Inner& tap) const {
    const auto h = static_cast<unsigned>(pixel.h - tap.h), w = static_cast<unsigned>(pixel.w - tap.w);  // before the image is far beyond
    const bool inside = static_cast<int>(h < static_cast<unsigned>(height_)) & static_cast<int>(w < static_cast<unsigned>(width_));
    return {inside, wide_offset(pixel.first - tap.pixels, channels_, tap.channel)};
  }
  __device__ const T* data() const { return dy_; }

 private:
  static constexpr int outside = 1 << 30;  // more than any extent

  const T* dy_;
  FastDivision by_pixels_, by_width_, by_channels_, by_taps_;
  int height_, width_, channels_, group_stride_;
  int first_h_, first_w_, step_h_, step_w_;
};

/// weight (kernel_height, kernel_width, in_channels / groups, out_channels) as (input channel of the group, patch): outer is the input
/// channel, and the patch is GradientPatchOperand's.
template <class T>
class TransposedWeightOperand {
 public:
  using Element = T;
  using Outer = int;
  using Inner = int;
  static constexpr bool depth_is_inner = true;

  TransposedWeightOperand(const Conv2dGeometry& g, const ClassAxis& vertical, const ClassAxis& horizontal, const T* weight)
      : weight_(weight),
        by_channels_(g.group_out_channels()),
        by_taps_(static_cast<index_t>(horizontal.taps > 0 ? horizontal.taps : 1)),
        channels_(static_cast<int>(g.out_channels)),
        tap_size_(static_cast<int>(g.group_in_channels() * g.out_channels)),
        group_stride_(static_cast<int>(g.group_out_channels())),
        first_tap_(vertical.first_tap * static_cast<int>(g.horizontal.kernel) + horizontal.first_tap),
        step_h_(vertical.tap_step * static_cast<int>(g.horizontal.kernel)),
        step_w_(horizontal.tap_step) {}

  __device__ void enter_group(int group) { weight_ += wide_offset(group, group_stride_, 0); }
  __device__ Outer outer(int channel, bool exists) const { return exists ? channel * channels_ : -1; }
  __device__ Inner inner(int patch, bool exists) const {
    if (!exists) return -1;
    const int tap = by_channels_.quotient(patch), channel = by_channels_.remainder(patch, tap);
    const int i = by_taps_.quotient(tap), j = by_taps_.remainder(tap, i);
    return (first_tap_ + i * step_h_ + j * step_w_) * tap_size_ + channel;
  }
  __device__ OperandPlace place(Outer channel, Inner patch) const {
    return {(channel | patch) >= 0, static_cast<std::uint32_t>(channel) + static_cast<std::uint32_t>(patch)};
  }
  __device__ const T* data() const { return weight_; }

 private:
  const T* weight_;
  FastDivision by_channels_, by_taps_;
  int channels_, tap_size_, group_stride_;
  int first_tap_, step_h_, step_w_;
};

}  // namespace taut::kernels::cuda
