/// Conv2d: a two-dimensional convolution (cross-correlation) of channels.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/convolution_arguments.hpp"
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
  using Read = detail::ConvolutionArguments<Arguments...>;
  static_assert(Read::numbers_first,
                "Conv2d takes <out, kernel, options...> or <in, out, kernel, options...>; Kernel{h, w} stands for the kernel's number");
  static_assert(((std::integral<decltype(Arguments)> ||
                  detail::one_of<decltype(Arguments), Kernel, Stride, Padding, Dilation, Groups, NoBias>) && ...),
                "Conv2d's options are Kernel, Stride, Padding, Dilation, Groups and NoBias");
  static_assert(Read::at_least_one, "Conv2d's channels, kernel, stride, dilation and groups are at least 1");
  static_assert(Read::out % Read::groups == 0, "Conv2d's groups must divide its output channels");

 public:
  static constexpr Role role = Role::convolution;
  static constexpr bool has_bias = Read::has_bias;

  static constexpr bool accepts(Shape in) {
    return is_image(in) && Read::accepts_channels(in.d0) && Read::vertical.fits(in.d1) && Read::horizontal.fits(in.d2);
  }

  static constexpr Conv2dGeometry geometry(Shape in) {
    return {.in_channels = in.d0, .in_height = in.d1, .in_width = in.d2, .out_channels = Read::out, .vertical = Read::vertical,
            .horizontal = Read::horizontal, .groups = Read::groups};
  }

  static constexpr Shape output_shape(Shape in) {
    return {Read::out, Read::vertical.outputs(in.d1), Read::horizontal.outputs(in.d2)};
  }

  static constexpr TensorList tensors(Shape in) {
    const index_t inputs = in.d0 / Read::groups, fan_in = inputs * Read::kernel.height * Read::kernel.width;
    TensorList list;
    const Shape weight{Read::out, inputs, Read::kernel.height, Read::kernel.width};
    list.add({"weight", weight, Order::convolution, detail::kaiming_uniform(fan_in)});
    if (has_bias) list.add({"bias", {Read::out}, Order::same, detail::kaiming_uniform(fan_in)});
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
    } else if (!Read::accepts_channels(in.d0)) {
      Read::expects_channels(in.d0, text);
    } else {
      text << "at least " << Read::vertical.least_extent() << "x" << Read::horizontal.least_extent() << " pixels";
    }
  }
};

}  // namespace taut
