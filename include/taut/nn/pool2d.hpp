/// Pool2d: what MaxPool2d and AvgPool2d have in common: the windows that slide over an image.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/options.hpp"

namespace taut::detail {

/// Reads a pool's arguments: `<kernel, options…>` or `<Kernel{h, w}, options…>`.
template <auto... Arguments>
struct Pool2d {
 private:
  static constexpr bool kernel_is_option = has_option<Kernel, Arguments...>;
  static constexpr Kernel kernel = option_or<Kernel, Arguments...>(Kernel{integer_at<Arguments...>(0)});
  static constexpr Stride stride = option_or<Stride, Arguments...>(Stride{kernel.height, kernel.width});
  static constexpr Padding padding = option_or<Padding, Arguments...>(Padding{0});
  static constexpr bool rounds_down = has_option<RoundDown, Arguments...>;

 public:
  static constexpr Window vertical{kernel.height, stride.height, padding.height};
  static constexpr Window horizontal{kernel.width, stride.width, padding.width};

  /// Whether the numbers stand where they should, are there once, and make windows.
  static constexpr bool one_kernel =
      positive_integers_first<Arguments...>() && integer_count<Arguments...> + (kernel_is_option ? 1 : 0) == 1;
  static constexpr bool at_least_one = kernel.height > 0 && kernel.width > 0 && stride.height > 0 && stride.width > 0;
  static constexpr bool half_padding = 2 * padding.height <= kernel.height && 2 * padding.width <= kernel.width;

  static constexpr bool accepts(Shape in) { return is_image(in) && covers(vertical, in.d1) && covers(horizontal, in.d2); }
  static constexpr Shape output_shape(Shape in) { return {in.d0, vertical.outputs(in.d1), horizontal.outputs(in.d2)}; }
  static constexpr TensorList tensors(Shape) { return TensorList{}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }

  static constexpr void expects(Shape in, TextBuilder& text) {
    if (!is_image(in)) {
      text << "channels x height x width";
    } else if (!vertical.fits(in.d1) || !horizontal.fits(in.d2)) {
      text << "at least " << kernel.height - 2 * padding.height << "x" << kernel.width - 2 * padding.width << " pixels";
    } else {
      text << "whole " << kernel.height << "x" << kernel.width << " windows";
    }
  }

  static constexpr void hint(Shape in, TextBuilder& text) {
    if (is_image(in) && vertical.fits(in.d1) && horizontal.fits(in.d2)) text << "RoundDown{} drops the rest";
  }

 private:
  static constexpr bool covers(Window window, index_t extent) {
    return window.fits(extent) && (rounds_down || (extent + 2 * window.padding - window.kernel) % window.stride == 0);
  }
};

}  // namespace taut::detail
