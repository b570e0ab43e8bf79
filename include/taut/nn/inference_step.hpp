/// InferenceStep: how a step runs once nothing is trained any more: batch norm folded into the weights before it, dropout gone.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "taut/core/for_each_index.hpp"
#include "taut/device/device.hpp"
#include "taut/nn/step.hpp"

namespace taut {

namespace detail {

/// A step that multiplies by a weight.
template <class Step>
concept WeightedKind = requires { typename Step::Weighted; };

/// A step that may normalise, activate and pool.
template <class Step>
concept NormPoolKind = requires { Step::normalizes; };

/// A step that reads several branches.
template <class Step>
concept JoiningKind = requires { Step::joins; };

/// A step that only activates.
template <class Step>
concept ActivationKind = requires { Step::activation; } && !WeightedKind<Step> && !JoiningKind<Step>;

/// A step that makes scores probabilities, or their logarithms.
template <class Step>
concept SoftmaxKind = requires { Step::logarithm; };

/// A step that is the same in inference.
template <class Step>
concept PlainKind = requires { typename Step::PlainKernels; };

/// A step that a layer brings itself.
template <class Step>
concept CustomKind = requires { typename Step::Custom; };

/// What a step may leave to the one before it: a batch norm, whose scale and shift can join that one's weight and bias, and the activation
/// that comes next.
struct Beginning {
  bool normalizes = false;
  Activation activation{};
};

template <class Step>
constexpr Beginning beginning_of() {
  if constexpr (NormPoolKind<Step>) return {Step::normalizes, Step::geometry.activation};
  if constexpr (ActivationKind<Step>) return {false, Step::activation};
  return {};
}

/// Whether the beginning of step `Index` moves into the step before it, a weight's without an activation of its own. An activation moves
/// too where a pool follows: a monotone one gives the same largest element on either side of it, and a gated one stood before it anyhow.
template <class Net, index_t Index>
constexpr bool folds_back() {
  if constexpr (Index != 0) {
    if constexpr (WeightedKind<step_t<Net, Index - 1>>) {
      constexpr Beginning beginning = beginning_of<step_t<Net, Index>>();
      return (beginning.normalizes || beginning.activation != Activation::identity) &&
             step_t<Net, Index - 1>::activation == Activation::identity;
    }
  }
  return false;
}

/// scale and shift of a batch norm in inference mode, y = scale·x + shift, computed in double.
template <class Net, index_t Index, class T>
void inference_norm(const T* parameters, const T* buffers, T* scale, T* shift) {
  using Step = step_t<Net, Index>;
  using Norm = typename Net::template layer<Net::plan.steps[Index].first>;
  const auto& offset = Step::first.tensor_offset;
  for (index_t c = 0; c < Step::geometry.channels; ++c) {
    const auto gamma = static_cast<double>(parameters[offset[0] + c]), beta = static_cast<double>(parameters[offset[1] + c]);
    const auto mean = static_cast<double>(buffers[offset[2] + c]), variance = static_cast<double>(buffers[offset[3] + c]);
    const double factor = gamma / std::sqrt(variance + Norm::eps);
    scale[c] = static_cast<T>(factor);
    shift[c] = static_cast<T>(beta - mean * factor);
  }
}

/// A step that has no weights to prepare.
struct NothingPrepared {
  template <class D, class T>
  static constexpr index_t prepared_size() {
    return 0;
  }
  template <class D, class T>
  static void prepare(D&, const T*, const T*, T*) {}
};

}  // namespace detail

/// Anything that inference has nothing to do for: dropout, a lone Flatten, the begin of a branch.
template <class Net, index_t Index, class Step = step_t<Net, Index>>
struct InferenceStep : detail::NothingPrepared {
  static constexpr bool runs = false;
};

/// A convolution or linear layer, with the batch norm behind it folded in and the activation behind it taken over.
template <class Net, index_t Index, detail::WeightedKind Step>
struct InferenceStep<Net, Index, Step> {
  static constexpr bool runs = true;
  static constexpr index_t outputs = Step::layer.output.rank() == 3 ? Step::layer.output.d0 : Step::layer.output.size();
  static constexpr bool folds = [] {
    if constexpr (Index + 1 < Net::plan.step_count) return detail::folds_back<Net, Index + 1>();
    return false;
  }();
  static constexpr detail::Beginning next = [] {
    if constexpr (folds) return detail::beginning_of<step_t<Net, Index + 1>>();
    return detail::Beginning{};
  }();
  static constexpr Activation activation = folds ? next.activation : Step::activation;

  /// The weight in the device's form, then one bias an output.
  template <class D, class T>
  static constexpr index_t prepared_size() {
    return bias_offset<D, T>() + aligned_offset(outputs);
  }

  template <class D, class T>
  static void prepare(D& device, const T* parameters, const T* buffers, T* prepared) {
    constexpr index_t size = Step::layer.tensors.specs[0].shape.size();
    const T* const from = parameters + Step::layer.tensor_offset[0];
    std::vector<T> weight(from, from + size);
    T* const bias = prepared + bias_offset<D, T>();
    if constexpr (Step::Weighted::has_bias) std::copy_n(parameters + Step::layer.tensor_offset[1], outputs, bias);
    if constexpr (next.normalizes) {
      std::vector<T> scale(outputs), shift(outputs);
      detail::inference_norm<Net, Index + 1>(parameters, buffers, scale.data(), shift.data());
      for (index_t i = 0; i < size; ++i) weight[i] *= scale[Step::Kernels::output_of(i)];
      for (index_t o = 0; o < outputs; ++o) bias[o] = bias[o] * scale[o] + shift[o];
    }
    Step::Kernels::template prepare<T>(device, weight.data(), prepared);
  }

  template <class D, class T>
  static void run(D& device, index_t rows, const T* x, const T* prepared, T* y, T* workspace) {
    Step::Kernels::template forward_prepared<T>(device, rows, x, prepared, prepared + bias_offset<D, T>(), activation, y, workspace);
  }

 private:
  template <class D, class T>
  static constexpr index_t bias_offset() {
    return aligned_offset(Step::Kernels::template prepared_size<D, T>());
  }
};

/// An activation that the step before it doesn't take over.
template <class Net, index_t Index, detail::ActivationKind Step>
struct InferenceStep<Net, Index, Step> : detail::NothingPrepared {
  static constexpr bool runs = !detail::folds_back<Net, Index>();

  template <class D, class T>
  static void run(D& device, index_t rows, const T* x, const T* /*prepared*/, T* y, T* /*workspace*/) {
    device.template activation_forward<Step::activation, T>(rows * Step::size, x, y);
  }
};

/// Softmax or its logarithm.
template <class Net, index_t Index, detail::SoftmaxKind Step>
struct InferenceStep<Net, Index, Step> : detail::NothingPrepared {
  static constexpr bool runs = true;

  template <class D, class T>
  static void run(D& device, index_t rows, const T* x, const T* /*prepared*/, T* y, T* /*workspace*/) {
    Step::forward(device, StepMemory<T>{.rows = rows, .x = x, .y = y}, Mode::inference);
  }
};

/// What is left of normalise → activate → pool.
template <class Net, index_t Index, detail::NormPoolKind Step>
struct InferenceStep<Net, Index, Step> {
  static constexpr NormPoolGeometry geometry = [] {
    NormPoolGeometry left = Step::geometry;
    if (detail::folds_back<Net, Index>()) {
      left.normalize = false;
      left.activation = Activation::identity;
    }
    return left;
  }();
  static constexpr bool runs = geometry.normalize || geometry.activation != Activation::identity || geometry.pools();
  static constexpr index_t stride = aligned_offset(geometry.channels);

  /// Scale and shift, where a normalisation is left.
  template <class D, class T>
  static constexpr index_t prepared_size() {
    return geometry.normalize ? 2 * stride : 0;
  }
  template <class D, class T>
  static void prepare(D&, const T* parameters, const T* buffers, T* prepared) {
    if constexpr (geometry.normalize) detail::inference_norm<Net, Index>(parameters, buffers, prepared, prepared + stride);
  }

  template <class D, class T>
  static void run(D& device, index_t rows, const T* x, const T* prepared, T* y, T* /*workspace*/) {
    device.template norm_pool_forward<geometry, T>(rows, x, prepared, prepared + stride, y, nullptr);
  }
};

/// A layer that computes what it does in training, with its parameters as they are.
template <class Net, index_t Index, detail::PlainKind Step>
struct InferenceStep<Net, Index, Step> {
  static constexpr bool runs = Step::PlainKernels::computes;

  template <class D, class T>
  static constexpr index_t prepared_size() {
    index_t elements = 0;
    for (index_t i = 0; i < Step::layer.tensors.count; ++i) elements += aligned_offset(Step::layer.tensors.specs[i].shape.size());
    return elements;
  }
  template <class D, class T>
  static void prepare(D&, const T* parameters, const T* /*buffers*/, T* prepared) {
    std::copy_n(parameters + Step::layer.parameter_offset, prepared_size<D, T>(), prepared);
  }

  template <class D, class T>
  static void run(D& device, index_t rows, const T* x, const T* prepared, T* y, T* /*workspace*/) {
    Step::PlainKernels::template forward<T>(device, rows, x, prepared, y);
  }
};

/// A layer that brings its own passes, with copies of its parameters and buffers.
template <class Net, index_t Index, detail::CustomKind Step>
struct InferenceStep<Net, Index, Step> {
  static constexpr bool runs = true;

  template <class D, class T>
  static constexpr index_t prepared_size() {
    return offset_of(Step::layer.tensors.count);
  }
  template <class D, class T>
  static void prepare(D&, const T* parameters, const T* buffers, T* prepared) {
    for_each_index<Step::layer.tensors.count>([&]<index_t I>() {
      constexpr TensorSpec spec = Step::layer.tensors.specs[I];
      std::copy_n((spec.trainable ? parameters : buffers) + Step::layer.tensor_offset[I], spec.shape.size(), prepared + offset_of(I));
    });
  }

  template <class D, class T>
  static void run(D& device, index_t rows, const T* x, const T* prepared, T* y, T* workspace) {
    LayerMemory<T> memory{.mode = Mode::inference, .rows = rows, .x = x, .y = y, .workspace = workspace};
    for_each_index<Step::layer.tensors.count>([&]<index_t I>() { memory.tensors[I] = prepared + offset_of(I); });
    Step::run_forward(device, memory);
  }

 private:
  static constexpr index_t offset_of(index_t tensor) {
    index_t elements = 0;
    for (index_t i = 0; i < tensor; ++i) elements += aligned_offset(Step::layer.tensors.specs[i].shape.size());
    return elements;
  }
};

/// The join of branches, as in training.
template <class Net, index_t Index, detail::JoiningKind Step>
struct InferenceStep<Net, Index, Step> : detail::NothingPrepared {
  static constexpr bool runs = true;

  template <class D, class T>
  static void run(D& device, index_t rows, const T* const* x, const T* /*prepared*/, T* y, T* /*workspace*/) {
    Step::join(device, rows, x, y);
  }
};

}  // namespace taut
