/// Optimizer: what moves parameters along their gradients, and what it remembers in doing so.
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"
#include "taut/device/device.hpp"
#include "taut/train/state.hpp"

namespace taut {

/// A flat array with a name: a part of an optimizer's memory.
template <class T>
struct NamedSpan {
  std::string_view name;
  std::span<T> values;
};

/// Anything with flat parameters and gradients on a device: a Model, first of all.
template <class M>
concept Trainable = requires(M model) {
  typename M::Scalar;
  { model.parameters() } -> std::convertible_to<std::span<typename M::Scalar>>;
  { model.gradients() } -> std::convertible_to<std::span<const typename M::Scalar>>;
  model.device();
};

/// Sgd, Adam, AdamW and RMSprop are such; `memory` and `save` together are all that a resumed run needs.
template <class O, class M>
concept Optimizer = Trainable<M> && requires(O optimizer, M model, State& state, const State& const_state) {
  { O::name } -> std::convertible_to<std::string_view>;
  { optimizer.lr() } -> std::convertible_to<double>;
  optimizer.set_lr(double{});
  optimizer.step(model);
  optimizer.save(state);
  optimizer.restore(const_state);
  { optimizer.memory() } -> std::same_as<std::vector<NamedSpan<typename M::Scalar>>>;
};

namespace detail {

/// Where an optimizer's memory lies: beside the parameters.
template <Trainable M>
constexpr MemorySource memory_beside(const M&) {
  return memory_of<std::remove_cvref_t<decltype(std::declval<M&>().device())>>();
}

/// The model's arrays for the device's own functions; buffers are left out where there are none.
template <Trainable M>
auto arrays_of(M& model) {
  if constexpr (requires { model.arrays(); }) {
    return model.arrays();
  } else {
    using Gradient = std::remove_pointer_t<decltype(model.gradients().data())>;
    DeviceArrays<typename M::Scalar, Gradient> arrays{model.parameters(), model.gradients(), {}};
    if constexpr (requires { model.buffers(); }) arrays.buffers = model.buffers();
    return arrays;
  }
}

inline void check_option(bool good, std::string_view optimizer, std::string_view expected, double found) {
  if (!good) fail(optimizer, ": expected ", expected, ", found ", found);
}

/// An optimizer's memory was made for a certain number of parameters; another model's would be out of its bounds.
inline void check_parameter_count(std::string_view optimizer, index_t expected, index_t found) {
  if (found != expected) fail(optimizer, ": expected a model with ", expected, " stored parameters, as when it was made, found ", found);
}

}  // namespace detail
}  // namespace taut
