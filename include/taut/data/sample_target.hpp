/// SampleTarget: what a sample's label becomes in a batch.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut {

/// An integer becomes an int32_t, a class; a floating-point number a float, a value to come close to; a std::array as many of them.
template <class Label>
struct SampleTarget {
  static_assert(std::is_arithmetic_v<Label>, "a sample's label is a number or a std::array of numbers");
  using type = std::conditional_t<std::floating_point<Label>, float, std::int32_t>;
  static constexpr index_t count = 1;

  /// Throws an Error for an integer that an int32_t doesn't hold.
  static void write(Label label, type* targets, index_t sample) {
    if constexpr (std::integral<Label> && sizeof(Label) >= sizeof(type)) {
      if (!std::in_range<type>(label)) fail("sample ", sample, ": expected a label that a 32-bit integer holds but got ", label);
    }
    *targets = static_cast<type>(label);
  }
};

template <class Label, std::size_t Count>
struct SampleTarget<std::array<Label, Count>> {
  using type = typename SampleTarget<Label>::type;
  static constexpr index_t count = Count;

  static void write(const std::array<Label, Count>& labels, type* targets, index_t sample) {
    for (index_t i = 0; i < Count; ++i) SampleTarget<Label>::write(labels[i], targets + i, sample);
  }
};

}  // namespace taut
