/// merged_groups: narrow groups of a convolution, several taken as one whose weight is 0 between those that don't belong together.
///
/// A group of four output channels would fill a quarter of a vector of 16 lanes. Four of them as one group of 16 inputs and outputs take
/// four times the multiplications, and all lanes: 64 channels in groups of 4 on 24×24 pixels went from 7, 12 and 13 GFLOP/s forward,
/// to the input and to the weight to 39, 39 and 28, groups of 2 from 2, 2 and 3 to 19, 19 and 15 (multiplications by those zeros not
/// counted; Xeon with AVX-512, one thread, 2026-11-27). An element that isn't finite then spreads to its whole merged group.
#pragma once

#include <algorithm>

#include "taut/core/geometry.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

/// The same convolution in as few groups as fill a vector; `g` itself where its groups do, and where channels stay by themselves.
template <class T>
constexpr Conv2dGeometry merged_groups(Conv2dGeometry g) {
  const bool stays_in_channels = g.group_in_channels() == 1 && g.group_out_channels() == 1;
  if (stays_in_channels) return g;
  index_t merged = 1;
  while (merged < g.groups && (g.groups % merged != 0 || merged * g.group_out_channels() < width<T>)) ++merged;
  g.groups /= merged;
  return g;
}

/// Elements that the merged groups' weight takes of a workspace, whole cache lines.
template <Conv2dGeometry merged>
inline constexpr index_t spread_size = (merged.weight_size() + 15) / 16 * 16;

namespace detail {

/// Calls visit(place in the merged weight, place in the weight) for each row of a group's outputs.
template <Conv2dGeometry g, Conv2dGeometry merged, class Visit>
void for_each_group_row(Visit&& visit) {
  constexpr index_t each = g.groups / merged.groups;  // groups that became one
  for (index_t tap = 0; tap < g.taps(); ++tap) {
    for (index_t in = 0; in < g.group_in_channels(); ++in) {
      for (index_t group = 0; group < g.groups; ++group) {
        const index_t column = group * g.group_out_channels(), merged_in = group % each * g.group_in_channels() + in;
        visit((tap * merged.group_in_channels() + merged_in) * g.out_channels + column,
              (tap * g.group_in_channels() + in) * g.out_channels + column);
      }
    }
  }
}

}  // namespace detail

template <Conv2dGeometry g, Conv2dGeometry merged, class T>
void spread_weight(const T* weight,  // (kernel_height, kernel_width, in_channels / groups, out_channels)
                   T* spread         // the same of the merged groups
) {
  std::fill_n(spread, merged.weight_size(), T{0});
  detail::for_each_group_row<g, merged>(
      [&](index_t to, index_t from) { std::copy_n(weight + from, g.group_out_channels(), spread + to); });
}

/// The other way; what lies between groups is left out.
template <Conv2dGeometry g, Conv2dGeometry merged, class T>
void collect_weight(const T* spread, T* weight) {
  detail::for_each_group_row<g, merged>(
      [&](index_t from, index_t to) { std::copy_n(spread + from, g.group_out_channels(), weight + to); });
}

}  // namespace taut::kernels::cpu
