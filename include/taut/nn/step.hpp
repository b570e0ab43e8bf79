/// step_t: the step that executes a run of layers, chosen by the role of the first.
#pragma once

#include <type_traits>

#include "taut/nn/plan.hpp"
#include "taut/nn/steps/activation_step.hpp"
#include "taut/nn/steps/average_pool_step.hpp"
#include "taut/nn/steps/branch_steps.hpp"
#include "taut/nn/steps/convolution_step.hpp"
#include "taut/nn/steps/custom_step.hpp"
#include "taut/nn/steps/dropout_step.hpp"
#include "taut/nn/steps/group_norm_step.hpp"
#include "taut/nn/steps/linear_step.hpp"
#include "taut/nn/steps/norm_pool_step.hpp"
#include "taut/nn/steps/reshape_step.hpp"
#include "taut/nn/steps/softmax_step.hpp"
#include "taut/nn/steps/upsample_step.hpp"

namespace taut {

namespace detail {

template <class Net, StepSpan Span>
constexpr auto choose_step() {
  constexpr Role first = Net::plan.layers[Span.first].role;
  constexpr Role last = Net::plan.layers[Span.first + Span.count - 1].role;
  if constexpr (first == Role::convolution) {
    return std::type_identity<ConvolutionStep<Net, Span>>{};
  } else if constexpr (first == Role::transposed_convolution) {
    return std::type_identity<TransposedConvolutionStep<Net, Span>>{};
  } else if constexpr (first == Role::linear || (first == Role::flatten && last != Role::flatten)) {
    return std::type_identity<LinearStep<Net, Span>>{};
  } else if constexpr (begins_branch(first)) {
    return std::type_identity<ForkStep<Net, Span>>{};
  } else if constexpr (first == Role::add) {
    return std::type_identity<AddStep<Net, Span>>{};
  } else if constexpr (first == Role::concatenate) {
    return std::type_identity<ConcatenateStep<Net, Span>>{};
  } else if constexpr (Span.count == 1 && (first == Role::activation || first == Role::gated_activation)) {
    return std::type_identity<ActivationStep<Net, Span>>{};
  } else if constexpr (last == Role::normalization || last == Role::activation || last == Role::gated_activation || last == Role::pooling) {
    return std::type_identity<NormPoolStep<Net, Span>>{};
  } else if constexpr (first == Role::softmax) {
    return std::type_identity<SoftmaxStep<Net, Span>>{};
  } else if constexpr (first == Role::dropout || first == Role::flatten) {
    return std::type_identity<DropoutStep<Net, Span>>{};
  } else if constexpr (first == Role::average_pooling) {
    return std::type_identity<AveragePoolStep<Net, Span>>{};
  } else if constexpr (first == Role::group_normalization) {
    return std::type_identity<GroupNormStep<Net, Span>>{};
  } else if constexpr (first == Role::reshape) {
    return std::type_identity<ReshapeStep<Net, Span>>{};
  } else if constexpr (first == Role::upsampling) {
    return std::type_identity<UpsampleStep<Net, Span>>{};
  } else {
    return std::type_identity<CustomStep<Net, Span>>{};
  }
}

}  // namespace detail

/// A step is a type with the static members
/// `workspace<T>(device, rows)` (elements), `forward(device, memory, mode)` and `backward(device, memory)`.
template <class Net, index_t Index>
using step_t = typename decltype(detail::choose_step<Net, Net::plan.steps[Index]>())::type;

}  // namespace taut
