/// GroupNorm: normalises each sample over the image and groups of its channels.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/initialization.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/options.hpp"

namespace taut {

/// y = (x − mean) / √(variance + eps) · weight + bias, mean and biased variance those of the channel's group in its sample, as
/// https://pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html defines it for images.
///
/// `GroupNorm<groups, options…>` takes its channels from the shape that reaches it, `GroupNorm<groups, channels, options…>` states and
/// checks them. The groups must divide the channels. Option: Eps{1e-5}.
/// (C, H, W) → (C, H, W). Parameters: weight (C) = 1 and bias (C) = 0.
template <auto... Arguments>
struct GroupNorm {
 private:
  static constexpr index_t integers = detail::integer_count<Arguments...>;
  static_assert(detail::positive_integers_first<Arguments...>() && (integers == 1 || integers == 2),
                "GroupNorm takes <groups, options...> or <groups, channels, options...>");
  static_assert(((std::integral<decltype(Arguments)> || detail::one_of<decltype(Arguments), Eps>) && ...), "GroupNorm's option is Eps");

  static constexpr index_t groups = detail::integer_at<Arguments...>(0);
  static constexpr index_t stated_channels = detail::integer_at<Arguments...>(1);
  static_assert(stated_channels % groups == 0, "GroupNorm's groups must divide its channels");

 public:
  static constexpr Role role = Role::group_normalization;
  static constexpr double eps = detail::option_or<Eps, Arguments...>(Eps{1e-5}).value;

  static constexpr bool accepts(Shape in) {
    return is_image(in) && in.d0 % groups == 0 && (stated_channels == 0 || in.d0 == stated_channels);
  }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr GroupNormGeometry geometry(Shape in) { return {.channels = in.d0, .pixels = in.d1 * in.d2, .groups = groups}; }

  static constexpr TensorList tensors(Shape in) {
    TensorList list;
    list.add({"weight", {in.d0}, Order::same, detail::constant(1)});
    list.add({"bias", {in.d0}, Order::same, detail::constant(0)});
    return list;
  }

  static constexpr index_t multiply_adds(Shape) { return 0; }

  static constexpr void name(TextBuilder& text) {
    text << "GroupNorm<";
    detail::write_arguments<Arguments...>(text);
    text << ">";
  }

  static constexpr void expects(Shape in, TextBuilder& text) {
    if (!is_image(in)) {
      text << "channels x height x width";
    } else if (stated_channels != 0) {
      text << stated_channels << " channels";
    } else {
      text << "a multiple of " << groups << " channels";
    }
  }
};

}  // namespace taut
