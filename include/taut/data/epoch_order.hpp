/// epoch_order: in which order an epoch reads its samples.
#pragma once

#include <cstdint>
#include <numeric>
#include <span>

#include "taut/core/random.hpp"
#include "taut/data/random_streams.hpp"

namespace taut {

/// Writes all numbers below order.size(), in rising order or shuffled: a function of (size, seed, epoch) alone.
inline void set_epoch_order(std::span<std::uint32_t> order, bool shuffle, std::uint64_t seed, std::uint64_t epoch) {
  std::iota(order.begin(), order.end(), 0U);
  if (shuffle) Random(data_stream(seed, DataUse::shuffle, epoch)).shuffle(order);
}

}  // namespace taut
