/// MaxPool2d: the largest element of each window.
#pragma once

#include "taut/nn/pool2d.hpp"

namespace taut {

/// As https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html: the stride is the kernel size unless it is given, padding
/// counts as −infinity, the first of equal elements gets the gradient.
///
/// `MaxPool2d<kernel, options…>`, or `Kernel{height, width}` for the number. Options: Kernel, Stride, Padding, RoundDown.
/// (C, H, W) → (C, H', W') with H' = (H + 2·padding − kernel) / stride + 1, which must come out even unless RoundDown{} is given.
template <auto... Arguments>
struct MaxPool2d : detail::Pool2d<Arguments...> {
 private:
  using Windows = detail::Pool2d<Arguments...>;
  static_assert(Windows::one_kernel, "MaxPool2d takes <kernel, options...> or <Kernel{h, w}, options...>");
  static_assert(((std::integral<decltype(Arguments)> || detail::one_of<decltype(Arguments), Kernel, Stride, Padding, RoundDown>) && ...),
                "MaxPool2d's options are Kernel, Stride, Padding and RoundDown");
  static_assert(Windows::at_least_one, "MaxPool2d's kernel and stride are at least 1");
  static_assert(Windows::half_padding, "MaxPool2d's padding is at most half its kernel");
  static_assert(Windows::vertical.kernel * Windows::horizontal.kernel <= 255, "MaxPool2d's window has at most 255 elements");

 public:
  static constexpr Role role = Role::pooling;

  static constexpr void name(TextBuilder& text) {
    text << "MaxPool2d<";
    detail::write_arguments<Arguments...>(text);
    text << ">";
  }
};

}  // namespace taut
