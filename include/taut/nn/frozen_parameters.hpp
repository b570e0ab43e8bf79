/// FrozenParameters: which of a network's parameters training leaves alone.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/nn/parameter_names.hpp"
#include "taut/nn/plan.hpp"

namespace taut {

/// What is frozen, tensor by tensor, and what follows from that for the steps of a training pass.
template <class Net>
class FrozenParameters {
 public:
  FrozenParameters() {
    index_t parameter = 0;
    for_each_parameter<Net>([&](const std::string&, ParameterSpan span) { spans_[parameter++] = span; });
    conclude();
  }

  /// Freezes or thaws the parameters under a name, e.g. "0.weight", "0" or "0."; under "" all. An Error where there are none.
  void set(std::string_view prefix, bool frozen) {
    index_t parameter = 0, found = 0;
    for_each_parameter<Net>([&](const std::string& name, ParameterSpan) {
      if (is_under(name, prefix)) {
        frozen_[parameter] = frozen;
        ++found;
      }
      ++parameter;
    });
    if (found == 0) fail("the network has no parameter under the name \"", prefix, "\"");
    conclude();
  }

  /// PyTorch's names of what is frozen.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    index_t parameter = 0;
    for_each_parameter<Net>([&](const std::string& name, ParameterSpan) {
      if (frozen_[parameter++]) names.push_back(name);
    });
    return names;
  }

  /// Whether a step has parameters, and all are frozen.
  bool step(index_t index) const { return step_is_frozen_[index]; }

  /// The first step that the way back has to reach; the number of steps where nothing is left to train.
  index_t first_step() const { return first_step_; }

  /// What an optimizer may move: the whole arena where nothing is frozen, else as few spans as possible, in order.
  std::span<const ParameterSpan> trainable() const { return trainable_spans_; }
  std::span<const ParameterSpan> frozen() const { return frozen_spans_; }
  /// The frozen spans that a pass writes gradients of all the same: of steps that are frozen in part, or that know nothing of it.
  std::span<const ParameterSpan> written() const { return written_spans_; }

 private:
  static constexpr index_t parameters = [] {
    index_t count = 0;
    for (const LayerPlan& layer : Net::plan.layers) {
      for (index_t t = 0; t < layer.tensors.count; ++t) count += layer.tensors.specs[t].trainable ? 1 : 0;
    }
    return count;
  }();

  static void append(std::vector<ParameterSpan>& spans, ParameterSpan span) {
    if (!spans.empty() && spans.back().end == span.begin) {
      spans.back().end = span.end;
    } else {
      spans.push_back(span);
    }
  }

  void conclude() {
    trainable_spans_.clear();
    frozen_spans_.clear();
    written_spans_.clear();
    for (index_t i = 0; i < parameters; ++i) append(frozen_[i] ? frozen_spans_ : trainable_spans_, spans_[i]);
    first_step_ = frozen_spans_.empty() ? 0 : Net::plan.step_count;
    index_t first = 0;
    for (index_t step = 0; step < Net::plan.step_count; ++step) {
      const index_t last = first + owned_by(step);
      const auto frozen = static_cast<index_t>(std::count(frozen_.begin() + offset(first), frozen_.begin() + offset(last), true));
      step_is_frozen_[step] = frozen != 0 && frozen == last - first;
      if (frozen < last - first) first_step_ = std::min(first_step_, step);
      const bool heeds = step_is_frozen_[step] && heeds_freezing(Net::plan.layers[layer_of_parameter(step)].role);
      for (index_t i = first; i < last; ++i) {
        if (frozen_[i] && first_step_ <= step && !heeds) append(written_spans_, spans_[i]);
      }
      first = last;
    }
  }

  /// These leave out the gradients that nobody asks for; others write them.
  static constexpr bool heeds_freezing(Role role) {
    return role == Role::convolution || role == Role::linear || role == Role::normalization;
  }

  /// The step's layer that owns parameters.
  static constexpr index_t layer_of_parameter(index_t step) {
    const StepSpan span = Net::plan.steps[step];
    for (index_t i = span.first; i < span.first + span.count; ++i) {
      if (Net::plan.layers[i].tensors.count != 0) return i;
    }
    return span.first;
  }

  static constexpr std::ptrdiff_t offset(index_t parameter) { return static_cast<std::ptrdiff_t>(parameter); }

  /// Parameters of a step.
  static index_t owned_by(index_t step) {
    index_t count = 0;
    for (index_t i = 0; i < Net::plan.steps[step].count; ++i) {
      const TensorList& tensors = Net::plan.layers[Net::plan.steps[step].first + i].tensors;
      for (index_t t = 0; t < tensors.count; ++t) count += tensors.specs[t].trainable ? 1 : 0;
    }
    return count;
  }

  std::array<ParameterSpan, parameters> spans_{};  // in the order of export_tensors
  std::array<bool, parameters> frozen_{};
  std::array<bool, Net::depth> step_is_frozen_{};
  index_t first_step_ = 0;
  std::vector<ParameterSpan> trainable_spans_, frozen_spans_, written_spans_;
};

}  // namespace taut
