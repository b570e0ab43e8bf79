/// BatchNorm2d: normalises each channel over the batch and the image.
#pragma once

#include "taut/nn/batch_norm.hpp"

namespace taut {

/// y = (x − mean) / √(variance + eps) · weight + bias per channel, as
/// https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html defines it: in training the batch's own mean and biased variance,
/// in inference the running ones, which move by `momentum` towards the batch's mean and unbiased variance.
///
/// `BatchNorm2dWith<options…>` or, with the defaults Eps{1e-5} and Momentum{0.1}, `BatchNorm2d`. One integer states the channels.
/// (C, H, W) → (C, H, W). Parameters: weight (C) = 1 and bias (C) = 0; buffers: running_mean (C) = 0 and running_var (C) = 1.
template <auto... Arguments>
struct BatchNorm2dWith : detail::BatchNorm<Arguments...> {
 private:
  using Norm = detail::BatchNorm<Arguments...>;
  static_assert(Norm::one_number_first, "BatchNorm2dWith takes <options...> or <channels, options...>");
  static_assert(Norm::options_known, "BatchNorm2dWith's options are Eps and Momentum");

 public:
  static constexpr bool accepts(Shape in) { return is_image(in) && (Norm::stated_channels == 0 || in.d0 == Norm::stated_channels); }

  static constexpr void name(TextBuilder& text) { detail::write_name<Arguments...>(text, "BatchNorm2d"); }

  static constexpr void expects(Shape in, TextBuilder& text) {
    if (!is_image(in)) {
      text << "channels x height x width";
    } else {
      text << Norm::stated_channels << " channels";
    }
  }
};

using BatchNorm2d = BatchNorm2dWith<>;

}  // namespace taut
