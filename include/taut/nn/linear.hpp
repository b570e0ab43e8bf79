/// Linear: a matrix and a bias.
#pragma once

#include "taut/core/geometry.hpp"
#include "taut/nn/initialization.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/options.hpp"

namespace taut {

/// y = W x + b, as https://pytorch.org/docs/stable/generated/torch.nn.Linear.html defines it.
///
/// `Linear<out>` takes its input count from the shape that reaches it, `Linear<in, out>` states and checks it. Option: NoBias.
/// (in) → (out). Parameters: weight (out, in) and bias (out), both uniform within ±1/√in.
template <auto... Arguments>
struct Linear {
 private:
  static constexpr index_t integers = detail::integer_count<Arguments...>;
  static_assert(detail::positive_integers_first<Arguments...>() && (integers == 1 || integers == 2),
                "Linear takes <out, options...> or <in, out, options...>");
  static_assert(((std::integral<decltype(Arguments)> || detail::one_of<decltype(Arguments), NoBias>) && ...), "Linear's option is NoBias");

  static constexpr index_t stated_in = integers == 2 ? detail::integer_at<Arguments...>(0) : 0;
  static constexpr index_t out = detail::integer_at<Arguments...>(integers - 1);
  static_assert(out > 0, "Linear has at least one output");

 public:
  static constexpr Role role = Role::linear;
  static constexpr bool has_bias = !detail::has_option<NoBias, Arguments...>;

  static constexpr bool accepts(Shape in) { return in.rank() == 1 && (stated_in == 0 || in.d0 == stated_in); }
  static constexpr LinearGeometry geometry(Shape in) { return {in.d0, out}; }
  static constexpr Shape output_shape(Shape) { return {out}; }

  static constexpr TensorList tensors(Shape in) {
    TensorList list;
    list.add({"weight", {out, in.d0}, Order::linear, detail::kaiming_uniform(in.d0)});
    if (has_bias) list.add({"bias", {out}, Order::same, detail::kaiming_uniform(in.d0)});
    return list;
  }

  static constexpr index_t multiply_adds(Shape in) { return in.d0 * out; }

  static constexpr void name(TextBuilder& text) {
    text << "Linear<";
    detail::write_arguments<Arguments...>(text);
    text << ">";
  }

  static constexpr void expects(Shape, TextBuilder& text) {
    if (stated_in != 0) {
      text << stated_in << " inputs";
    } else {
      text << "a vector of inputs";
    }
  }

  static constexpr void hint(Shape in, TextBuilder& text) {
    if (in.rank() > 1 && (stated_in == 0 || in.size() == stated_in)) text << in.size() << " = " << in << ": insert Flatten";
  }
};

}  // namespace taut
