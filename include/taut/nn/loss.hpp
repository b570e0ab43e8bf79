/// Loss: what training makes small: a plain struct of options that says what its targets are and which outputs fit it.
#pragma once

#include <array>
#include <cmath>
#include <concepts>

#include "taut/core/batch.hpp"
#include "taut/core/error.hpp"
#include "taut/core/text.hpp"
#include "taut/device/device.hpp"
#include "taut/nn/model_misfit.hpp"

namespace taut {

/// Targets<T, Output> are what a network's outputs, of shape Output, are compared with: a span of one class a row, or a BatchView of
/// numbers that lie as the outputs do. `check` throws an Error about options or targets that make no sense, before anything moves.
/// `sums` writes the gradient of the mean loss as well, unless that pointer is null; `scratch` holds one element an output.
template <class L, class T, class D, Shape Output>
concept Loss = requires(const L loss, TextBuilder& text, D& device, BatchView<const T, Output> output,
                        typename L::template Targets<T, Output> targets, T* memory) {
  { L::has_accuracy } -> std::convertible_to<bool>;  // whether LossSums::correct means anything; then there
                                                     // are `classes`, and class_of(targets, row)
  { L::accepts(Output) } -> std::same_as<bool>;
  L::name(text);
  L::expects(text);  // completes "<name> expects …"
  loss.check(output.rows, targets);
  { loss.sums(device, output, targets, memory /*scratch*/, memory /*gradient or null*/) } -> std::same_as<LossSums>;
};

namespace detail {

/// What a model is given as targets, as the loss takes it. Another shape than the network's output doesn't compile.
template <class Net, class T, class L, class Given>
typename L::template Targets<T, Net::output_shape> accept_targets(const Given& given) {
  using Targets = typename L::template Targets<T, Net::output_shape>;
  (void)diagnostics::require<L::accepts(Net::output_shape), diagnostics::loss_misfit<Net, L>>{};
  if constexpr (requires { Targets::sample_shape; }) {
    static_assert(requires { Given::sample_shape; }, "this loss takes its targets as a Batch or a BatchView of the network's output shape");
    (void)diagnostics::require<Given::sample_shape == Net::output_shape, diagnostics::target_misfit<Net, L, Given::sample_shape>>{};
    if constexpr (requires { Given::max_rows; }) {
      return given.view();
    } else {
      return given;
    }
  } else {
    return given;
  }
}

/// Of dense targets.
inline void check_target_rows(index_t expected, index_t found) {
  if (found != expected) fail("the loss expects targets of ", expected, " rows but got ", found);
}

/// Of losses over classes.
inline void check_label_smoothing(double smoothing) {
  if (!(smoothing >= 0 && smoothing <= 1)) fail("the loss expects a label smoothing from 0 to 1 but got ", smoothing);
}

/// `what` is "class weights", say.
template <class Weights>
void check_loss_weights(const char* what, const Weights& weights) {
  for (const double weight : weights) {
    if (!(weight >= 0 && std::isfinite(weight))) fail("the loss expects ", what, " of 0 or more but got ", weight);
  }
}

/// Every one of `count` weights 1.
template <index_t count>
constexpr std::array<double, count> ones() {
  std::array<double, count> weights{};
  weights.fill(1);
  return weights;
}

}  // namespace detail
}  // namespace taut
