/// Huber: a regression's loss that is squared near the target and linear far from it, so that outliers pull with bounded force.
#pragma once

#include <cmath>

#include "taut/core/shape.hpp"
#include "taut/nn/loss.hpp"

namespace taut {

/// As https://pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html with reduction='mean': over all elements of all rows.
/// Outputs: any shape. Targets: (rows, that shape), channels last as the outputs are.
struct Huber {
  static constexpr bool has_accuracy = false;
  template <class T, Shape Output>
  using Targets = BatchView<const T, Output>;

  double delta = 1;  ///< where the square ends; above 0

  static constexpr bool accepts(Shape) { return true; }
  static constexpr void name(TextBuilder& text) { text << "Huber"; }
  static constexpr void expects(TextBuilder& text) { text << "numbers"; }

  template <class T, Shape Output>
  void check(index_t rows, BatchView<const T, Output> targets) const {
    detail::check_target_rows(rows, targets.rows);
    if (!(delta > 0 && std::isfinite(delta))) fail("the loss expects a delta above 0 but got ", delta);
  }

  template <class D, class T, Shape Output>
  LossSums sums(D& device, BatchView<const T, Output> y, BatchView<const T, Output> targets, T* /*scratch*/, T* gradient) const {
    static_assert(DenseLossKernels<D, T>, "this device has no dense loss kernels (soft_cross_entropy, mse, huber, bce_with_logits)");
    return device.template huber<T>(y.rows * Output.size(), y.data, targets.data, delta, gradient);
  }
};

}  // namespace taut
