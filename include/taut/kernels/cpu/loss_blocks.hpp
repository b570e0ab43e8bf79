/// loss_blocks: a sum over elements, cut into tasks by its size and added up in their order.
#pragma once

#include <algorithm>
#include <array>

#include "taut/device/device.hpp"
#include "taut/kernels/cpu/parallel_blocks.hpp"

namespace taut::kernels::cpu {

/// The sum of part(begin, end) over blocks of [0, count), and `count` as its weight.
template <class Threads, class Part>
LossSums sum_of_loss_blocks(Threads& threads, index_t count, Part&& part) {
  constexpr index_t most_blocks = 64;
  const index_t block = std::max(sweep_elements, (count + most_blocks - 1) / most_blocks);
  std::array<double, most_blocks> parts{};
  serial_or_parallel_blocks(threads, count, count, block, [&](index_t begin, index_t end, index_t i) { parts[i] = part(begin, end); });
  LossSums sums{.weight = static_cast<double>(count)};
  for (const double sum : parts) sums.loss += sum;
  return sums;
}

}  // namespace taut::kernels::cpu
