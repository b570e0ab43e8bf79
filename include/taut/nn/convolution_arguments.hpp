/// ConvolutionArguments: what Conv2d, Conv1d and ConvTranspose2d read from their template arguments.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/options.hpp"

namespace taut::detail {

/// `<out, kernel, options…>` or `<in, out, kernel, options…>`; Kernel{h, w} stands for the kernel's number.
template <auto... Arguments>
struct ConvolutionArguments {
 private:
  static constexpr bool kernel_is_option = has_option<Kernel, Arguments...>;
  static constexpr index_t integers = integer_count<Arguments...> + (kernel_is_option ? 1 : 0);

 public:
  /// Whether the numbers stand where they should, and are as many as they should.
  static constexpr bool numbers_first = positive_integers_first<Arguments...>() && (integers == 2 || integers == 3);

  static constexpr index_t stated_in = integers == 3 ? integer_at<Arguments...>(0) : 0;
  static constexpr index_t out = integer_at<Arguments...>(integers == 3 ? 1 : 0);
  static constexpr Kernel kernel = option_or<Kernel, Arguments...>(Kernel{integer_at<Arguments...>(integers - 1)});
  static constexpr Stride stride = option_or<Stride, Arguments...>(Stride{1});
  static constexpr Padding padding = option_or<Padding, Arguments...>(Padding{0});
  static constexpr Dilation dilation = option_or<Dilation, Arguments...>(Dilation{1});
  static constexpr index_t groups = option_or<Groups, Arguments...>(Groups{1}).count;
  static constexpr bool has_bias = !has_option<NoBias, Arguments...>;

  static constexpr bool at_least_one = out > 0 && kernel.height > 0 && kernel.width > 0 && stride.height > 0 && stride.width > 0 &&
                                       dilation.height > 0 && dilation.width > 0 && groups > 0;

  static constexpr Window vertical{kernel.height, stride.height, padding.height, dilation.height};
  static constexpr Window horizontal{kernel.width, stride.width, padding.width, dilation.width};

  static constexpr bool accepts_channels(index_t channels) {
    return (stated_in == 0 || channels == stated_in) && channels % groups == 0;
  }
  /// Completes "expects …" for channels that aren't accepted.
  static constexpr void expects_channels(index_t channels, TextBuilder& text) {
    if (stated_in != 0 && channels != stated_in) {
      text << stated_in << " channels";
    } else {
      text << "a multiple of " << groups << " channels";
    }
  }
};

}  // namespace taut::detail
