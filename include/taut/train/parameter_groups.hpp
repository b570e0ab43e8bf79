/// ParameterGroup: parameters of a network that an optimizer treats in their own way.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/nn/parameter_names.hpp"
#include "taut/train/format.hpp"
#include "taut/train/optimizer.hpp"

namespace taut {

/// As PyTorch's parameter groups; what no group has keeps the optimizer's own rate and decay. For parameters that aren't to move at all
/// see Model::freeze.
struct ParameterGroup {
  std::string prefix;                    ///< PyTorch's name of a parameter ("0.weight"), or what stands before its dots ("0", "0.")
  double lr_factor = 1;                  ///< times the optimizer's learning rate, whatever a schedule makes of that
  std::optional<double> weight_decay{};  ///< instead of the optimizer's
};

namespace detail {

/// A model's flat parameters, cut where an optimizer has to change its numbers.
class ParameterGroups {
 public:
  /// Throws an Error for a group without parameters, and for a parameter in two groups.
  template <Trainable M>
  ParameterGroups(std::string_view optimizer, const M& model, const std::vector<ParameterGroup>& groups)
      : spans_{{.span = {0, model.parameters().size()}}} {
    for (const ParameterGroup& group : groups) {
      check_option(group.lr_factor >= 0 && std::isfinite(group.lr_factor), optimizer, "lr_factor >= 0", group.lr_factor);
      check_option(!group.weight_decay || *group.weight_decay >= 0, optimizer, "weight_decay >= 0", group.weight_decay.value_or(0));
      text_ += (text_.empty() ? "" : "; ") + text_of(group);
    }
    if (groups.empty()) return;
    if constexpr (requires { typename M::Network; }) {
      cut<typename M::Network>(optimizer, groups);
    } else {
      fail(optimizer, ": expected a model whose parameters have names, for groups of them");
    }
  }

  /// Calls visit(begin, count, lr_factor, weight_decay) for what of the parameters may move.
  template <Trainable M, class Visit>
  void for_each_span(M& model, double weight_decay, Visit&& visit) const {
    if constexpr (requires { model.trainable_spans(); }) {
      for (const ParameterSpan trainable : model.trainable_spans()) visit_within(trainable, weight_decay, visit);
    } else {
      visit_within({0, model.parameters().size()}, weight_decay, visit);
    }
  }

  /// For a person to read; empty without groups.
  const std::string& text() const { return text_; }

 private:
  struct GroupSpan {
    ParameterSpan span{};
    double lr_factor = 1;
    std::optional<double> weight_decay{};
  };

  static std::string text_of(const ParameterGroup& group) {
    std::string text = group.prefix + ": lr x " + exact_text(group.lr_factor);
    if (group.weight_decay) text += ", weight_decay " + exact_text(*group.weight_decay);
    return text;
  }

  template <class Net>
  void cut(std::string_view optimizer, const std::vector<ParameterGroup>& groups) {
    spans_.clear();
    std::vector<bool> used(groups.size());
    const ParameterGroup* previous = nullptr;
    for_each_parameter<Net>([&](const std::string& name, ParameterSpan span) {
      const ParameterGroup* found = nullptr;
      for (const ParameterGroup& group : groups) {
        if (!is_under(name, group.prefix)) continue;
        if (found != nullptr) {
          fail(optimizer, ": expected ", name, " in one group, found it in \"", found->prefix, "\" and \"", group.prefix, "\"");
        }
        found = &group;
        used[static_cast<std::size_t>(&group - groups.data())] = true;
      }
      if (!spans_.empty() && found == previous) {
        spans_.back().span.end = span.end;
      } else if (found != nullptr) {
        spans_.push_back({span, found->lr_factor, found->weight_decay});
      } else {
        spans_.push_back({.span = span});
      }
      previous = found;
    });
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (!used[i]) fail(optimizer, ": the network has no parameter under the name \"", groups[i].prefix, "\"");
    }
  }

  template <class Visit>
  void visit_within(ParameterSpan trainable, double weight_decay, Visit&& visit) const {
    for (const GroupSpan& group : spans_) {
      const index_t begin = std::max(trainable.begin, group.span.begin), end = std::min(trainable.end, group.span.end);
      if (begin < end) visit(begin, end - begin, group.lr_factor, group.weight_decay.value_or(weight_decay));
    }
  }

  std::vector<GroupSpan> spans_;  // in order, without gaps
  std::string text_;
};

}  // namespace detail
}  // namespace taut
