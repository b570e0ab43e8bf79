/// AvgPool2d: the mean of each window.
#pragma once

#include "taut/nn/pool2d.hpp"

namespace taut {

/// As https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html: the stride is the kernel size unless it is given, padding counts
/// as zeros, or not at all with CountIncludePad{false}.
///
/// `AvgPool2d<kernel, options…>`, or `Kernel{height, width}` for the number. Options: Kernel, Stride, Padding, CountIncludePad, RoundDown.
/// (C, H, W) → (C, H', W') with H' = (H + 2·padding − kernel) / stride + 1, which must come out even unless RoundDown{} is given.
template <auto... Arguments>
struct AvgPool2d : detail::Pool2d<Arguments...> {
 private:
  using Windows = detail::Pool2d<Arguments...>;
  static_assert(Windows::one_kernel, "AvgPool2d takes <kernel, options...> or <Kernel{h, w}, options...>");
  static_assert(((std::integral<decltype(Arguments)> ||
                  detail::one_of<decltype(Arguments), Kernel, Stride, Padding, CountIncludePad, RoundDown>) &&
                 ...),
                "AvgPool2d's options are Kernel, Stride, Padding, CountIncludePad and RoundDown");
  static_assert(Windows::at_least_one, "AvgPool2d's kernel and stride are at least 1");
  static_assert(Windows::half_padding, "AvgPool2d's padding is at most half its kernel");

 public:
  static constexpr Role role = Role::average_pooling;

  static constexpr AveragePoolGeometry geometry(Shape in) {
    return {.channels = in.d0, .in_height = in.d1, .in_width = in.d2, .vertical = Windows::vertical, .horizontal = Windows::horizontal,
            .counts_padding = detail::option_or<CountIncludePad, Arguments...>(CountIncludePad{true}).value};
  }

  static constexpr void name(TextBuilder& text) {
    text << "AvgPool2d<";
    detail::write_arguments<Arguments...>(text);
    text << ">";
  }
};

}  // namespace taut
