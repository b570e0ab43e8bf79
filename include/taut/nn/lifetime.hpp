/// Lifetime: packs buffers that live at different times into the same memory.
#pragma once

#include <algorithm>
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

/// Largest first (of equals the first), each at the lowest offset where no buffer of the same time lies ("greedy by size", Pisarchyk and
/// Lee, 2020). Sizes should be multiples of the alignment. No two buffers whose lifetimes meet overlap. The work grows with Count², so that
/// a compiler's limit on constant expressions leaves room for networks of hundreds of layers.
template <index_t Count>
constexpr Placement<Count> place(const std::array<Lifetime, Count>& buffers) {
  std::array<index_t, Count> by_size{};
  for (index_t i = 0; i < Count; ++i) by_size[i] = i;
  std::sort(by_size.begin(), by_size.end(), [&](index_t a, index_t b) {
    return buffers[a].size != buffers[b].size ? buffers[a].size > buffers[b].size : a < b;
  });

  // Plain arrays of plain numbers: clang counts every call of an operator[] among the steps that a constant expression may take.
  struct Placed {
    index_t begin = 0, end = 0, born = 0, dies = 0;
  };
  Placed placed[Count]{};  // by their begin
  index_t count = 0;
  Placement<Count> placement;
  for (const index_t next : by_size) {
    const auto [size, born, dies] = buffers[next];
    if (size == 0) break;  // and so are all that follow: they may lie anywhere
    index_t begin = 0;
    for (const Placed* other = placed; other != placed + count; ++other) {
      if (other->born > dies || born > other->dies) continue;
      if (other->begin >= begin + size) break;  // the gap before it is large enough
      if (other->end > begin) begin = other->end;
    }
    index_t at = count++;
    for (; at > 0 && placed[at - 1].begin > begin; --at) placed[at] = placed[at - 1];
    placed[at] = {begin, begin + size, born, dies};
    placement.offset[next] = begin;
    if (begin + size > placement.size) placement.size = begin + size;
  }
  return placement;
}

}  // namespace taut
