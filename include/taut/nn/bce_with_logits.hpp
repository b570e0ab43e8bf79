/// BCEWithLogits: binary cross entropy, each output a yes-or-no question of its own.
#pragma once

#include <array>

#include "taut/core/shape.hpp"
#include "taut/nn/loss.hpp"

namespace taut {

/// As https://pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html with reduction='mean': over all elements of all rows.
/// `pos_weight` weighs the yes of each class, PyTorch's tensor of (Classes) or (Classes, 1, 1).
/// Outputs: (Classes) logits, or an image of so many channels. Targets: (rows, that shape), channels last, from 0 (no) to 1 (yes).
template <index_t Classes>
struct BCEWithLogits {
  static_assert(Classes > 0, "BCEWithLogits has at least one class");
  static constexpr index_t classes = Classes;
  static constexpr bool has_accuracy = false;
  template <class T, Shape Output>
  using Targets = BatchView<const T, Output>;

  std::array<double, Classes> pos_weight = detail::ones<Classes>();

  static constexpr bool accepts(Shape output) { return output == Shape{Classes} || (is_image(output) && output.d0 == Classes); }
  static constexpr void name(TextBuilder& text) { text << "BCEWithLogits<" << Classes << ">"; }
  static constexpr void expects(TextBuilder& text) { text << Classes << " logits"; }

  template <class T, Shape Output>
  void check(index_t rows, BatchView<const T, Output> targets) const {
    detail::check_target_rows(rows, targets.rows);
    for (index_t i = 0; i < rows * Output.size(); ++i) {
      if (!(targets.data[i] >= 0 && targets.data[i] <= 1)) {
        fail("row ", i / Output.size(), " of the targets should hold numbers from 0 to 1 but has ", targets.data[i]);
      }
    }
    detail::check_loss_weights("pos_weight", pos_weight);
  }

  template <class D, class T, Shape Output>
  LossSums sums(D& device, BatchView<const T, Output> logits, BatchView<const T, Output> targets, T* scratch, T* gradient) const {
    static_assert(DenseLossKernels<D, T>, "this device has no dense loss kernels (soft_cross_entropy, mse, huber, bce_with_logits)");
    for (index_t i = 0; i < Classes; ++i) scratch[i] = static_cast<T>(pos_weight[i]);
    return device.template bce_with_logits<T>(logits.rows * Output.size(), Classes, logits.data, targets.data, scratch, gradient);
  }
};

}  // namespace taut
