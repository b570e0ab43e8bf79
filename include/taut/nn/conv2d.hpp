/// Conv2d: a two-dimensional convolution (cross-correlation) of channels.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/initialization.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/options.hpp"

namespace taut {

/// y[o] = bias[o] + Σ_i weight[o, i] ⋆ x[i], as https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html defines it.
///
/// `Conv2d<out, kernel, options…>` takes its input channels from the shape that reaches it, `Conv2d<in, out, kernel, options…>` states
/// and checks them. With the option `Kernel{height, width}` the kernel size is left out of the numbers.
/// Options: Kernel, Stride, Padding, Dilation, Groups, NoBias.
/// (in, H, W) → (out, H', W') with H' = (H + 2·padding − dilation·(kernel − 1) − 1) / stride + 1, rounded down.
/// Parameters: weight (out, in / groups, kh, kw) and bias (out), both uniform within ±1/√fan_in.
template <auto... Arguments>
struct Conv2d {
 private:
  static constexpr bool kernel_is_option = detail::has_option<Kernel, Arguments...>;
  static constexpr index_t integers = detail::integer_count<Arguments...> + (kernel_is_option ? 1 : 0);
  static_assert(detail::positive_integers_first<Arguments...>() && (integers == 2 || integers == 3),
                "Conv2d takes <out, kernel, options...> or <in, out, kernel, options...>; Kernel{h, w} stands for the kernel's number");
  static_assert(((std::integral<decltype(Arguments)> || detail::one_of<decltype(Arguments), Kernel, Stride, Padding, Dilation, Groups, NoBias>) &&
                 ...),
                "Conv2d's options are Kernel, Stride, Padding, Dilation, Groups and NoBias");

  static constexpr index_t stated_in = integers == 3 ? detail::integer_at<Arguments...>(0) : 0;
  static constexpr index_t out = detail::integer_at<Arguments...>(integers == 3 ? 1 : 0);
  static constexpr Kernel kernel = detail::option_or<Kernel, Arguments...>(Kernel{detail::integer_at<Arguments...>(integers - 1)});
  static constexpr Stride stride = detail::option_or<Stride, Arguments...>(Stride{1});
  static constexpr Padding padding = detail::option_or<Padding, Arguments...>(Padding{0});
  static constexpr Dilation dilation = detail::option_or<Dilation, Arguments...>(Dilation{1});
  static constexpr index_t groups = detail::option_or<Groups, Arguments...>(Groups{1}).count;
  static_assert(out > 0 && kernel.height > 0 && kernel.width > 0 && stride.height > 0 && stride.width > 0 && dilation.height > 0 &&
                    dilation.width > 0 && groups > 0,
                "Conv2d's channels, kernel, stride, dilation and groups are at least 1");
  static_assert(out % groups == 0, "Conv2d's groups must divide its output channels");

  static constexpr Window vertical{kernel.height, stride.height, padding.height, dilation.height};
  static constexpr Window horizontal{kernel.width, stride.width, padding.width, dilation.width};

 public:
  static constexpr Role role = Role::convolution;
  static constexpr bool has_bias = !detail::has_option<NoBias, Arguments...>;

  static constexpr bool accepts(Shape in) {
    return is_image(in) && (stated_in == 0 || in.d0 == stated_in) && in.d0 % groups == 0 && vertical.fits(in.d1) && horizontal.fits(in.d2);
  }

  static constexpr Conv2dGeometry geometry(Shape in) {
    return {.in_channels = in.d0, .in_height = in.d1, .in_width = in.d2, .out_channels = out, .vertical = vertical,
            .horizontal = horizontal, .groups = groups};
  }

  static constexpr Shape output_shape(Shape in) { return {out, vertical.outputs(in.d1), horizontal.outputs(in.d2)}; }

  static constexpr TensorList tensors(Shape in) {
    const index_t fan_in = in.d0 / groups * kernel.height * kernel.width;
    TensorList list;
    list.add({"weight", {out, in.d0 / groups, kernel.height, kernel.width}, Order::convolution, detail::kaiming_uniform(fan_in)});
    if (has_bias) list.add({"bias", {out}, Order::same, detail::kaiming_uniform(fan_in)});
    return list;
  }

  static constexpr index_t multiply_adds(Shape in) { return geometry(in).multiply_adds(); }

  static constexpr void name(TextBuilder& text) {
    text << "Conv2d<";
    detail::write_arguments<Arguments...>(text);
    text << ">";
  }

  static constexpr void expects(Shape in, TextBuilder& text) {
    if (!is_image(in)) {
      text << "channels x height x width";
    } else if (stated_in != 0 && in.d0 != stated_in) {
      text << stated_in << " channels";
    } else if (in.d0 % groups != 0) {
      text << "a multiple of " << groups << " channels";
    } else {
      text << "at least " << least(vertical) << "x" << least(horizontal) << " pixels";
    }
  }

 private:
  static constexpr index_t least(Window window) {
    return window.span() > 2 * window.padding ? window.span() - 2 * window.padding : 1;
  }
};

}  // namespace taut
