/// Residual: a run of layers whose input is added to their output.
#pragma once

#include "taut/nn/block.hpp"
#include "taut/nn/branching.hpp"

namespace taut {

/// The layers that a Residual's input passes on its way round, where it doesn't stay as it is: usually a 1×1 convolution.
template <class... Parts>
struct Shortcut {};

/// y = main(x) + x, or with a projection main(x) + shortcut(x) (He et al., "Deep residual learning for image recognition", 2015):
///
///     Residual<Conv2d<64, 3, Padding{1}>, BatchNorm2d, ReLU, Conv2d<64, 3, Padding{1}>, BatchNorm2d>, ReLU
///     Residual<Shortcut<Conv2d<128, 1, Stride{2}>, BatchNorm2d>, Conv2d<128, 3, Stride{2}, Padding{1}>, BatchNorm2d, …>, ReLU
///
/// Both ways must end in the same shape. The activation behind it melts into the sum. Residuals and Parallels may stand inside of one
/// another. In a state dict the layers of Residual number 3 are "3.main.0", "3.main.1", … and "3.shortcut.0", ….
template <class... Parts>
struct Residual {};

namespace detail {

template <class... Parts>
struct Flattened<Residual<Parts...>> {
  static_assert(sizeof...(Parts) > 0, "a Residual has at least one layer");
  using type = decltype(LayerList<Fork<BranchKind::residual>>{} + flatten_t<Parts...>{} + LayerList<NextBranch, Add>{});
};

template <class... Round, class... Parts>
struct Flattened<Residual<Shortcut<Round...>, Parts...>> {
  using type = decltype(LayerList<Fork<BranchKind::residual>>{} + flatten_t<Parts...>{} + LayerList<NextBranch>{} +
                        flatten_t<Round...>{} + LayerList<Add>{});
};

}  // namespace detail
}  // namespace taut
