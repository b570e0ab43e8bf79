/// Conv1d: a convolution along one axis.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/convolution_arguments.hpp"
#include "taut/nn/initialization.hpp"
#include "taut/nn/layer.hpp"

namespace taut {

/// As https://pytorch.org/docs/stable/generated/torch.nn.Conv1d.html: what PyTorch calls (C, L) is an image of one row here, (C, 1, L), so
/// that batch norms, activations, pools with `Kernel{1, 2}` and everything else for images are there for sequences too.
///
/// `Conv1d<out, kernel, options…>` or `Conv1d<in, out, kernel, options…>`. Options: Stride, Padding, Dilation, Groups, NoBias.
/// (in, 1, L) → (out, 1, L') with L' = (L + 2·padding − dilation·(kernel − 1) − 1) / stride + 1, rounded down.
/// Parameters: weight (out, in / groups, kernel) and bias (out), both uniform within ±1/√fan_in.
template <auto... Arguments>
struct Conv1d {
 private:
  using Read = detail::ConvolutionArguments<Arguments...>;
  static_assert(Read::numbers_first, "Conv1d takes <out, kernel, options...> or <in, out, kernel, options...>");
  static_assert(((std::integral<decltype(Arguments)> ||
                  detail::one_of<decltype(Arguments), Stride, Padding, Dilation, Groups, NoBias>) && ...),
                "Conv1d's options are Stride, Padding, Dilation, Groups and NoBias");
  static_assert(Read::at_least_one, "Conv1d's channels, kernel, stride, dilation and groups are at least 1");
  static_assert(Read::out % Read::groups == 0, "Conv1d's groups must divide its output channels");

 public:
  static constexpr Role role = Role::convolution;
  static constexpr bool has_bias = Read::has_bias;

  static constexpr bool accepts(Shape in) {
    return is_image(in) && in.d1 == 1 && Read::accepts_channels(in.d0) && Read::horizontal.fits(in.d2);
  }

  static constexpr Conv2dGeometry geometry(Shape in) {
    return {.in_channels = in.d0, .in_height = 1, .in_width = in.d2, .out_channels = Read::out, .vertical = {},
            .horizontal = Read::horizontal, .groups = Read::groups};
  }

  static constexpr Shape output_shape(Shape in) { return {Read::out, 1, Read::horizontal.outputs(in.d2)}; }

  static constexpr TensorList tensors(Shape in) {
    const index_t inputs = in.d0 / Read::groups, fan_in = inputs * Read::kernel.width;
    TensorList list;
    const Shape weight{Read::out, inputs, Read::kernel.width};
    list.add({"weight", weight, Order::convolution, detail::kaiming_uniform(fan_in)});
    if (has_bias) list.add({"bias", {Read::out}, Order::same, detail::kaiming_uniform(fan_in)});
    return list;
  }

  static constexpr index_t multiply_adds(Shape in) { return geometry(in).multiply_adds(); }

  static constexpr void name(TextBuilder& text) { detail::write_name<Arguments...>(text, "Conv1d"); }

  static constexpr void expects(Shape in, TextBuilder& text) {
    if (!is_image(in) || in.d1 != 1) {
      text << "channels x 1 x length";
    } else if (!Read::accepts_channels(in.d0)) {
      Read::expects_channels(in.d0, text);
    } else {
      text << "a length of at least " << Read::horizontal.least_extent();
    }
  }
};

}  // namespace taut
