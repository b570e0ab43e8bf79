/// BatchNorm: what BatchNorm1d and BatchNorm2d have in common: one mean and variance a channel, over the batch.
#pragma once

#include "taut/nn/initialization.hpp"
#include "taut/nn/layer.hpp"
#include "taut/nn/options.hpp"

namespace taut::detail {

/// Reads `<options…>` or `<channels, options…>`. A vector's features are its channels.
template <auto... Arguments>
struct BatchNorm {
  static constexpr index_t stated_channels = integer_at<Arguments...>(0);
  static constexpr bool one_number_first = positive_integers_first<Arguments...>() && integer_count<Arguments...> <= 1;
  static constexpr bool options_known = ((std::integral<decltype(Arguments)> || one_of<decltype(Arguments), Eps, Momentum>) && ...);

  static constexpr Role role = Role::normalization;
  static constexpr double eps = option_or<Eps, Arguments...>(Eps{1e-5}).value;
  static constexpr double momentum = option_or<Momentum, Arguments...>(Momentum{0.1}).value;

  static constexpr Shape output_shape(Shape in) { return in; }

  static constexpr TensorList tensors(Shape in) {
    TensorList list;
    list.add({"weight", {in.d0}, Order::sample, constant(1)});
    list.add({"bias", {in.d0}, Order::sample, constant(0)});
    list.add({"running_mean", {in.d0}, Order::sample, constant(0), false});
    list.add({"running_var", {in.d0}, Order::sample, constant(1), false});
    return list;
  }

  static constexpr index_t multiply_adds(Shape) { return 0; }
};

}  // namespace taut::detail
