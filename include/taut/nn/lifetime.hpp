/// Lifetime: packs buffers that live at different times into the same memory.
#pragma once

#include <array>

#include "taut/core/shape.hpp"

namespace taut {

/// A buffer of `size` elements that is in use from moment `born` to moment `dies`, both included.
struct Lifetime {
  index_t size = 0, born = 0, dies = 0;

  constexpr bool meets(const Lifetime& other) const { return born <= other.dies && other.born <= dies; }
};

/// Where each buffer lies, and how much memory all of them take.
template <index_t Count>
struct Placement {
  std::array<index_t, Count> offset{};
  index_t size = 0;
};

/// Largest first, each at the lowest offset where no buffer of the same time lies ("greedy by size", Pisarchyk and Lee, 2020).
/// Sizes should be multiples of the alignment. No two buffers whose lifetimes meet overlap.
template <index_t Count>
constexpr Placement<Count> place(const std::array<Lifetime, Count>& buffers) {
  Placement<Count> placement;
  std::array<bool, Count> placed{};
  for (index_t round = 0; round < Count; ++round) {
    index_t largest = Count;
    for (index_t i = 0; i < Count; ++i) {
      if (!placed[i] && (largest == Count || buffers[i].size > buffers[largest].size)) largest = i;
    }
    index_t offset = 0;
    for (bool moved = true; moved;) {
      moved = false;
      for (index_t i = 0; i < Count; ++i) {
        const bool overlaps = placed[i] && buffers[i].meets(buffers[largest]) && offset < placement.offset[i] + buffers[i].size &&
                              placement.offset[i] < offset + buffers[largest].size;
        if (overlaps) {
          offset = placement.offset[i] + buffers[i].size;
          moved = true;
        }
      }
    }
    placed[largest] = true;
    placement.offset[largest] = offset;
    if (offset + buffers[largest].size > placement.size) placement.size = offset + buffers[largest].size;
  }
  return placement;
}

}  // namespace taut
