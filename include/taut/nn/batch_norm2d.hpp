/// BatchNorm2d: normalises each channel over the batch and the image.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/initialization.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/options.hpp"

namespace taut {

/// y = (x − mean) / √(variance + eps) · weight + bias per channel, as
/// https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html defines it: in training the batch's own mean and biased variance,
/// in inference the running ones, which move by `momentum` towards the batch's mean and unbiased variance.
///
/// `BatchNorm2dWith<options…>` or, with the defaults Eps{1e-5} and Momentum{0.1}, `BatchNorm2d`. One integer states the channels.
/// (C, H, W) → (C, H, W). Parameters: weight (C) = 1 and bias (C) = 0; buffers: running_mean (C) = 0 and running_var (C) = 1.
template <auto... Arguments>
struct BatchNorm2dWith {
 private:
  static constexpr index_t stated_channels = detail::integer_at<Arguments...>(0);
  static_assert(detail::positive_integers_first<Arguments...>() && detail::integer_count<Arguments...> <= 1,
                "BatchNorm2dWith takes <options...> or <channels, options...>");
  static_assert(((std::integral<decltype(Arguments)> || detail::one_of<decltype(Arguments), Eps, Momentum>) && ...),
                "BatchNorm2dWith's options are Eps and Momentum");

 public:
  static constexpr Role role = Role::normalization;
  static constexpr double eps = detail::option_or<Eps, Arguments...>(Eps{1e-5}).value;
  static constexpr double momentum = detail::option_or<Momentum, Arguments...>(Momentum{0.1}).value;

  static constexpr bool accepts(Shape in) { return is_image(in) && (stated_channels == 0 || in.d0 == stated_channels); }
  static constexpr Shape output_shape(Shape in) { return in; }

  static constexpr TensorList tensors(Shape in) {
    TensorList list;
    list.add({"weight", {in.d0}, Order::same, detail::constant(1)});
    list.add({"bias", {in.d0}, Order::same, detail::constant(0)});
    list.add({"running_mean", {in.d0}, Order::same, detail::constant(0), false});
    list.add({"running_var", {in.d0}, Order::same, detail::constant(1), false});
    return list;
  }

  static constexpr index_t multiply_adds(Shape) { return 0; }

  static constexpr void name(TextBuilder& text) { detail::write_name<Arguments...>(text, "BatchNorm2d"); }

  static constexpr void expects(Shape in, TextBuilder& text) {
    if (!is_image(in)) {
      text << "channels x height x width";
    } else {
      text << stated_channels << " channels";
    }
  }
};

using BatchNorm2d = BatchNorm2dWith<>;

}  // namespace taut
