/// Branching: where a network's branches begin and end, as layers of the flat list: a fork, the branches with a mark between two, a join.
#pragma once

#include "taut/nn/layer.hpp"

namespace taut::detail {

/// What a fork, a mark and a join have in common: they own nothing and accept what the plan hands them.
struct BranchMark {
  static constexpr bool accepts(Shape) { return true; }
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr TensorList tensors(Shape) { return TensorList{}; }
  static constexpr index_t multiply_adds(Shape) { return 0; }
  static constexpr void expects(Shape, TextBuilder& text) { text << "any shape"; }
  /// A Flatten's features lie channels last, those behind a Linear don't.
  static constexpr void expects_one_order(TextBuilder& text) { text << "a Linear behind the Flatten in its branches"; }
};

enum class BranchKind { residual, parallel };

/// The branches of a Residual are called main and shortcut, those of a Parallel by their numbers.
template <BranchKind Kind>
struct Fork : BranchMark {
  static constexpr Role role = Role::fork;
  static constexpr BranchKind kind = Kind;
  static constexpr void name(TextBuilder& text) { text << (Kind == BranchKind::residual ? "Residual" : "Parallel"); }
};

struct NextBranch : BranchMark {
  static constexpr Role role = Role::next_branch;
  static constexpr void name(TextBuilder& text) { text << "next branch"; }
};

/// The sum of branches of one shape.
struct Add : BranchMark {
  static constexpr Role role = Role::add;
  static constexpr void name(TextBuilder& text) { text << "Add"; }

  static constexpr bool joins(Shape branch, Shape first) { return branch == first; }
  static constexpr Shape joined(Shape first, Shape) { return first; }
  static constexpr void expects_branches(Shape first, Shape branch, TextBuilder& text) {
    if (joins(branch, first)) return expects_one_order(text);
    text << "branches of one shape, " << first << " in the first,";
  }
  static constexpr void hint_branches(Shape first, Shape branch, TextBuilder& text) {
    if (!joins(branch, first)) text << "a Shortcut<...> brings the input of a Residual to the shape of its output";
  }
};

/// Channels, or a vector's features, one branch behind the other.
struct Concatenate : BranchMark {
  static constexpr Role role = Role::concatenate;
  static constexpr void name(TextBuilder& text) { text << "Concatenate"; }

  static constexpr bool joins(Shape branch, Shape first) {
    return branch.rank() == first.rank() && branch.d1 == first.d1 && branch.d2 == first.d2 && branch.d3 == first.d3;
  }
  static constexpr Shape joined(Shape first, Shape branch) { return {first.d0 + branch.d0, first.d1, first.d2, first.d3}; }
  static constexpr void expects_branches(Shape first, Shape branch, TextBuilder& text) {
    if (joins(branch, first)) return expects_one_order(text);
    text << "branches that differ in their channels alone, " << first << " in the first,";
  }
};

}  // namespace taut::detail
