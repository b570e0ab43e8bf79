/// MaxPool2d: the largest element of each window.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/options.hpp"

namespace taut {

/// As https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html: the stride is the kernel size unless it is given, padding
/// counts as −infinity, the first of equal elements gets the gradient.
///
/// `MaxPool2d<kernel, options…>`, or `Kernel{height, width}` for the number. Options: Kernel, Stride, Padding, RoundDown.
/// (C, H, W) → (C, H', W') with H' = (H + 2·padding − kernel) / stride + 1, which must come out even unless RoundDown{} is given.
template <auto... Arguments>
struct MaxPool2d {
 private:
  static constexpr bool kernel_is_option = detail::has_option<Kernel, Arguments...>;
  static_assert(detail::positive_integers_first<Arguments...>() && detail::integer_count<Arguments...> + (kernel_is_option ? 1 : 0) == 1,
                "MaxPool2d takes <kernel, options...> or <Kernel{h, w}, options...>");
  static_assert(((std::integral<decltype(Arguments)> || detail::one_of<decltype(Arguments), Kernel, Stride, Padding, RoundDown>) && ...),
                "MaxPool2d's options are Kernel, Stride, Padding and RoundDown");

  static constexpr Kernel kernel = detail::option_or<Kernel, Arguments...>(Kernel{detail::integer_at<Arguments...>(0)});
  static constexpr Stride stride = detail::option_or<Stride, Arguments...>(Stride{kernel.height, kernel.width});
  static constexpr Padding padding = detail::option_or<Padding, Arguments...>(Padding{0});
  static constexpr bool rounds_down = detail::has_option<RoundDown, Arguments...>;
  static_assert(kernel.height > 0 && kernel.width > 0 && stride.height > 0 && stride.width > 0, "MaxPool2d's kernel and stride are at least 1");
  static_assert(2 * padding.height <= kernel.height && 2 * padding.width <= kernel.width, "MaxPool2d's padding is at most half its kernel");
  static_assert(kernel.height * kernel.width <= 255, "MaxPool2d's window has at most 255 elements");

 public:
  static constexpr Role role = Role::pooling;
  static constexpr Window vertical{kernel.height, stride.height, padding.height};
  static constexpr Window horizontal{kernel.width, stride.width, padding.width};

  static constexpr bool accepts(Shape in) { return is_image(in) && covers(vertical, in.d1) && covers(horizontal, in.d2); }
  static constexpr Shape output_shape(Shape in) { return {in.d0, vertical.outputs(in.d1), horizontal.outputs(in.d2)}; }
  static constexpr TensorList tensors(Shape) { return TensorList{}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }

  static constexpr void name(TextBuilder& text) {
    text << "MaxPool2d<";
    detail::write_arguments<Arguments...>(text);
    text << ">";
  }

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

}  // namespace taut
