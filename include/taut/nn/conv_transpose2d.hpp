/// ConvTranspose2d: the adjoint of a convolution, which makes images larger.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/convolution_arguments.hpp"
#include "taut/nn/initialization.hpp"
#include "taut/nn/layer.hpp"

namespace taut {

/// As https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html: each pixel adds its multiple of the kernel to the output.
///
/// `ConvTranspose2d<out, kernel, options…>` or `ConvTranspose2d<in, out, kernel, options…>`; with the option `Kernel{height, width}` the
/// kernel size is left out of the numbers. Options: Kernel, Stride, Padding, OutputPadding, Dilation, Groups, NoBias.
/// (in, H, W) → (out, H', W') with H' = (H − 1)·stride − 2·padding + dilation·(kernel − 1) + output padding + 1.
/// Parameters: weight (in, out / groups, kh, kw) and bias (out), both uniform within ±1/√(out / groups · kh · kw), as PyTorch has it.
template <auto... Arguments>
struct ConvTranspose2d {
 private:
  using Read = detail::ConvolutionArguments<Arguments...>;
  static constexpr OutputPadding rest = detail::option_or<OutputPadding, Arguments...>(OutputPadding{0});
  static_assert(
      Read::numbers_first,
      "ConvTranspose2d takes <out, kernel, options...> or <in, out, kernel, options...>; Kernel{h, w} stands for the kernel's number");
  static_assert(((std::integral<decltype(Arguments)> ||
                  detail::one_of<decltype(Arguments), Kernel, Stride, Padding, OutputPadding, Dilation, Groups, NoBias>) &&
                 ...),
                "ConvTranspose2d's options are Kernel, Stride, Padding, OutputPadding, Dilation, Groups and NoBias");
  static_assert(Read::at_least_one, "ConvTranspose2d's channels, kernel, stride, dilation and groups are at least 1");
  static_assert(Read::out % Read::groups == 0, "ConvTranspose2d's groups must divide its output channels");
  static_assert(rest.height < Read::stride.height && rest.width < Read::stride.width,
                "ConvTranspose2d's OutputPadding is smaller than its Stride");

 public:
  static constexpr Role role = Role::transposed_convolution;
  static constexpr bool has_bias = Read::has_bias;
  static constexpr OutputPadding output_padding = rest;

  static constexpr bool accepts(Shape in) {
    return is_image(in) && Read::accepts_channels(in.d0) && before_padding(Read::vertical, in.d1, rest.height) > 2 * Read::padding.height &&
           before_padding(Read::horizontal, in.d2, rest.width) > 2 * Read::padding.width;
  }

  /// Of the convolution that this is the adjoint of: from the output's shape to the input's.
  static constexpr Conv2dGeometry geometry(Shape in) {
    const Shape out = output_shape(in);
    return {.in_channels = out.d0, .in_height = out.d1, .in_width = out.d2, .out_channels = in.d0, .vertical = Read::vertical,
            .horizontal = Read::horizontal, .groups = Read::groups};
  }

  static constexpr Shape output_shape(Shape in) {
    return {Read::out, before_padding(Read::vertical, in.d1, rest.height) - 2 * Read::padding.height,
            before_padding(Read::horizontal, in.d2, rest.width) - 2 * Read::padding.width};
  }

  static constexpr TensorList tensors(Shape in) {
    const index_t outputs = Read::out / Read::groups, fan = outputs * Read::kernel.height * Read::kernel.width;
    TensorList list;
    list.add({"weight", {in.d0, outputs, Read::kernel.height, Read::kernel.width}, Order::convolution, detail::kaiming_uniform(fan)});
    if (has_bias) list.add({"bias", {Read::out}, Order::same, detail::kaiming_uniform(fan)});
    return list;
  }

  static constexpr index_t multiply_adds(Shape in) { return geometry(in).multiply_adds(); }

  static constexpr void name(TextBuilder& text) { detail::write_name<Arguments...>(text, "ConvTranspose2d"); }

  static constexpr void expects(Shape in, TextBuilder& text) {
    if (!is_image(in)) {
      text << "channels x height x width";
    } else if (!Read::accepts_channels(in.d0)) {
      Read::expects_channels(in.d0, text);
    } else {
      text << "more pixels than its Padding takes away";
    }
  }

 private:
  static constexpr index_t before_padding(Window window, index_t extent, index_t more) {
    return (extent - 1) * window.stride + window.span() + more;
  }
};

}  // namespace taut
