/// for_each_index: a loop over numbers that are template arguments.
#pragma once

#include <algorithm>
#include <type_traits>
#include <utility>

#include "taut/core/shape.hpp"

namespace taut {

/// Calls visit.operator()<0>() … visit.operator()<Count − 1>().
template <index_t Count, class Visit>
constexpr void for_each_index(Visit&& visit) {
  constexpr index_t block = 64;  // clang folds no more than 256 expressions at once
  const auto visit_block = [&]<index_t First, index_t... I>(std::integral_constant<index_t, First>, std::integer_sequence<index_t, I...>) {
    (visit.template operator()<First + I>(), ...);
  };
  [&]<index_t... B>(std::integer_sequence<index_t, B...>) {
    (visit_block(std::integral_constant<index_t, B * block>{}, std::make_integer_sequence<index_t, std::min(block, Count - B * block)>{}),
     ...);
  }(std::make_integer_sequence<index_t, (Count + block - 1) / block>{});
}

}  // namespace taut
