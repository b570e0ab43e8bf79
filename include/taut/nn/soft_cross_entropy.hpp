/// SoftCrossEntropy: cross entropy against class probabilities instead of classes, as mixed pictures and distillation need it.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "taut/core/shape.hpp"
#include "taut/nn/loss.hpp"

namespace taut {

/// As https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html with reduction='mean' and probabilities as targets: class
/// weights multiply each class's share, and the mean divides by the number of rows.
/// Outputs: (Classes) logits. Targets: (rows, Classes), finite and 0 or more; that a row adds up to 1 is the caller's to see to.
/// A row counts as correct where its largest logit is its largest target.
template <index_t Classes>
struct SoftCrossEntropy {
  static_assert(Classes > 0, "SoftCrossEntropy has at least one class");
  static constexpr index_t classes = Classes;
  static constexpr bool has_accuracy = true;
  template <class T, Shape Output>
  using Targets = BatchView<const T, Output>;

  std::array<double, Classes> class_weights = detail::ones<Classes>();
  double label_smoothing = 0;

  static constexpr bool accepts(Shape output) { return output == Shape{Classes}; }
  static constexpr void name(TextBuilder& text) { text << "SoftCrossEntropy<" << Classes << ">"; }
  static constexpr void expects(TextBuilder& text) { text << Classes << " logits"; }

  template <class T, Shape Output>
  static index_t class_of(BatchView<const T, Output> targets, index_t row) {
    return static_cast<index_t>(std::max_element(targets.row(row), targets.row(row) + Classes) - targets.row(row));
  }

  template <class T, Shape Output>
  void check(index_t rows, BatchView<const T, Output> targets) const {
    detail::check_target_rows(rows, targets.rows);
    for (index_t i = 0; i < rows * Classes; ++i) {
      if (!(targets.data[i] >= 0 && std::isfinite(targets.data[i]))) {
        fail("row ", i / Classes, " of the targets should hold probabilities but is ", targets.data[i], " for class ", i % Classes);
      }
    }
    detail::check_label_smoothing(label_smoothing);
    detail::check_loss_weights("class weights", class_weights);
  }

  template <class D, class T, Shape Output>
  LossSums sums(D& device, BatchView<const T, Output> logits, BatchView<const T, Output> targets, T* scratch, T* gradient) const {
    static_assert(DenseLossKernels<D, T>, "this device has no dense loss kernels (soft_cross_entropy, mse, huber, bce_with_logits)");
    for (index_t i = 0; i < Classes; ++i) scratch[i] = static_cast<T>(class_weights[i]);
    return device.template soft_cross_entropy<T>(logits.rows, Classes, logits.data, targets.data, scratch, label_smoothing, gradient);
  }
};

}  // namespace taut
