/// element_loss: losses of an output's distance from its target, mean squared error and Huber's; in double, where no square overflows.
#pragma once

#include "taut/kernels/cpu/loss_blocks.hpp"

namespace taut::kernels::cpu {

namespace detail {

/// slope(d) is the derivative at d = y − target, loss(d, slope) the loss there. Sixteen sums side by side: compilers make vectors of them.
template <bool wants_gradient, class T, class Slope, class Loss>
double distance_loss(index_t begin, index_t end, const T* y, const T* targets, double share, T* dy, const Slope& slope, const Loss& loss) {
  constexpr index_t lanes = 16;
  double sums[lanes]{};
  const auto add = [&](index_t i, index_t lane) __attribute__((always_inline)) {
    const double distance = static_cast<double>(y[i]) - static_cast<double>(targets[i]), here = slope(distance);
    sums[lane] += loss(distance, here);
    if constexpr (wants_gradient) dy[i] = static_cast<T>(here * share);
  };
  index_t i = begin;
  for (; i + lanes <= end; i += lanes) {
    for (index_t lane = 0; lane < lanes; ++lane) add(i + lane, lane);
  }
  for (index_t lane = 0; i < end; ++i, ++lane) add(i, lane);
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

template <class T, class Threads, class Slope, class Loss>
LossSums distance_loss_blocks(Threads& threads, index_t count, const T* y, const T* targets, T* dy, const Slope& slope, const Loss& loss) {
  const double share = 1 / static_cast<double>(count);
  return sum_of_loss_blocks(threads, count, [&](index_t begin, index_t end) {
    return dy != nullptr ? distance_loss<true>(begin, end, y, targets, share, dy, slope, loss)
                         : distance_loss<false>(begin, end, y, targets, share, dy, slope, loss);
  });
}

}  // namespace detail

/// d².
template <class T, class Threads>
LossSums mse(Threads& threads, index_t count,
             const T* y,        // (count)
             const T* targets,  // (count)
             T* dy) {           // (count) or null: the gradient of the mean
  return detail::distance_loss_blocks(threads, count, y, targets, dy, [](double d) { return 2 * d; },
                                      [](double d, double) { return d * d; });
}

/// d²/2 where |d| ≤ delta, else delta·(|d| − delta/2): with c = d cut off at ±delta, c·(d − c/2) everywhere.
template <class T, class Threads>
LossSums huber(Threads& threads, index_t count,
               const T* y,        // (count)
               const T* targets,  // (count)
               double delta,
               T* dy) {  // (count) or null: the gradient of the mean
  return detail::distance_loss_blocks(
      threads, count, y, targets, dy,
      [delta](double d) {
        const double above = d > delta ? delta : d;  // a NaN stays one
        return above < -delta ? -delta : above;
      },
      [](double d, double cut) { return cut * (d - cut / 2); });
}

}  // namespace taut::kernels::cpu
