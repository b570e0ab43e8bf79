/// LayerNorm: normalises each sample over all of its elements.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/initialization.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/options.hpp"

namespace taut {

/// y = (x − mean) / √(variance + eps) · weight + bias, mean and biased variance over the sample, weight and bias its elements' own, as
/// https://pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html defines it where normalized_shape is the sample's shape.
///
/// `LayerNormWith<options…>` or, with the default Eps{1e-5}, `LayerNorm`. Integers state the sample's shape: `LayerNormWith<8, 6, 6>`.
/// Any shape → the same. Parameters: weight = 1 and bias = 0, both of the sample's shape.
template <auto... Arguments>
struct LayerNormWith {
 private:
  static constexpr index_t integers = detail::integer_count<Arguments...>;
  static_assert(detail::positive_integers_first<Arguments...>() && integers <= Shape::max_rank,
                "LayerNormWith takes <options...> or <extents of the sample..., options...>");
  static_assert(((std::integral<decltype(Arguments)> || detail::one_of<decltype(Arguments), Eps>) && ...), "LayerNormWith's option is Eps");

  static constexpr Shape stated{detail::integer_at<Arguments...>(0), detail::integer_at<Arguments...>(1),
                                detail::integer_at<Arguments...>(2), detail::integer_at<Arguments...>(3)};

 public:
  static constexpr Role role = Role::group_normalization;
  static constexpr double eps = detail::option_or<Eps, Arguments...>(Eps{1e-5}).value;

  static constexpr bool accepts(Shape in) { return integers == 0 || in == stated; }
  static constexpr Shape output_shape(Shape in) { return in; }
  /// Every element is a channel of one pixel.
  static constexpr GroupNormGeometry geometry(Shape in) { return {.channels = in.size()}; }

  static constexpr TensorList tensors(Shape in) {
    TensorList list;
    list.add({"weight", in, Order::sample, detail::constant(1)});
    list.add({"bias", in, Order::sample, detail::constant(0)});
    return list;
  }

  static constexpr index_t multiply_adds(Shape) { return 0; }

  static constexpr void name(TextBuilder& text) {
    text << "LayerNorm";
    if (sizeof...(Arguments) == 0) return;
    text << "<";
    detail::write_arguments<Arguments...>(text);
    text << ">";
  }

  static constexpr void expects(Shape, TextBuilder& text) { text << stated; }
};

using LayerNorm = LayerNormWith<>;

}  // namespace taut
