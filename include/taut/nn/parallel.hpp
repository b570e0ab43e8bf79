/// Parallel: several runs of layers that read the same values, and whose channels are put one behind the other.
#pragma once

#include "taut/nn/block.hpp"
#include "taut/nn/branching.hpp"
#include "taut/nn/plan.hpp"

namespace taut {

/// y = torch.cat([branch(x) for branch in branches], dim=1): each branch a layer or a Block; `Block<>` passes x on as it is.
///
///     Parallel<Conv2d<16, 1>, Block<Conv2d<8, 1>, ReLU, Conv2d<24, 3, Padding{1}>>, Block<>>
///
/// The branches' images must be of one size. Parallels and Residuals may stand inside of one another. In a state dict the layers of
/// Parallel number 3 are "3.0.0" for the first branch's first, "3.1.0", "3.1.1", ….
template <class... Branches>
struct Parallel {};

namespace detail {

template <class... Branches>
struct Flattened<Parallel<Branches...>> {
  static_assert(sizeof...(Branches) > 0 && sizeof...(Branches) <= most_branches, "a Parallel has 1 to 8 branches");
  using type = LayerList<>;
};

template <class First, class... Others>
  requires(sizeof...(Others) < most_branches)
struct Flattened<Parallel<First, Others...>> {
  using type = decltype(((LayerList<Fork<BranchKind::parallel>>{} + flatten_t<First>{}) + ... +
                         (LayerList<NextBranch>{} + flatten_t<Others>{})) +
                        LayerList<Concatenate>{});
};

}  // namespace detail
}  // namespace taut
