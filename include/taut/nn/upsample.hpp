/// Upsample: an image of more pixels.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/options.hpp"

namespace taut {

/// As https://pytorch.org/docs/stable/generated/torch.nn.Upsample.html with a whole scale_factor: each pixel repeated (mode 'nearest') or,
/// with Bilinear{}, between the four nearest (mode 'bilinear', align_corners=False).
///
/// `Upsample<factor, options…>`, or `ScaleFactor{height, width}` for the number. Options: ScaleFactor, Bilinear.
/// (C, H, W) → (C, H·factor, W·factor).
template <auto... Arguments>
struct Upsample {
 private:
  static constexpr bool factor_is_option = detail::has_option<ScaleFactor, Arguments...>;
  static_assert(detail::positive_integers_first<Arguments...>() && detail::integer_count<Arguments...> + (factor_is_option ? 1 : 0) == 1,
                "Upsample takes <factor, options...> or <ScaleFactor{h, w}, options...>");
  static_assert(((std::integral<decltype(Arguments)> || detail::one_of<decltype(Arguments), ScaleFactor, Bilinear>) && ...),
                "Upsample's options are ScaleFactor and Bilinear");

  static constexpr ScaleFactor factor = detail::option_or<ScaleFactor, Arguments...>(ScaleFactor{detail::integer_at<Arguments...>(0)});
  static_assert(factor.height > 0 && factor.width > 0, "Upsample's factor is at least 1");

 public:
  static constexpr Role role = Role::upsampling;

  static constexpr bool accepts(Shape in) { return is_image(in); }
  static constexpr Shape output_shape(Shape in) { return {in.d0, in.d1 * factor.height, in.d2 * factor.width}; }
  static constexpr UpsampleGeometry geometry(Shape in) {
    return {.channels = in.d0, .in_height = in.d1, .in_width = in.d2, .vertical = factor.height, .horizontal = factor.width,
            .bilinear = detail::has_option<Bilinear, Arguments...>};
  }
  static constexpr TensorList tensors(Shape) { return TensorList{}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }

  static constexpr void name(TextBuilder& text) {
    text << "Upsample<";
    detail::write_arguments<Arguments...>(text);
    text << ">";
  }

  static constexpr void expects(Shape, TextBuilder& text) { text << "channels x height x width"; }
};

}  // namespace taut
