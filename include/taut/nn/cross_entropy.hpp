/// CrossEntropy: the loss of a classifier with a static number of classes.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "taut/core/shape.hpp"
#include "taut/nn/loss.hpp"

namespace taut {

/// As https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html with reduction='mean': the weighted losses' sum over the
/// sum of the rows' class weights.
/// Outputs: (Classes) logits. Targets: a class from 0 to Classes − 1 for each row.
template <index_t Classes>
struct CrossEntropy {
  static_assert(Classes > 0, "CrossEntropy has at least one class");
  static constexpr index_t classes = Classes;
  static constexpr bool has_accuracy = true;
  template <class T, Shape Output>
  using Targets = std::span<const std::int32_t>;

  std::array<double, Classes> class_weights = detail::ones<Classes>();
  double label_smoothing = 0;

  static constexpr bool accepts(Shape output) { return output == Shape{Classes}; }
  static constexpr void name(TextBuilder& text) { text << "CrossEntropy<" << Classes << ">"; }
  static constexpr void expects(TextBuilder& text) { text << Classes << " logits"; }

  static index_t class_of(std::span<const std::int32_t> labels, index_t row) { return static_cast<index_t>(labels[row]); }

  void check(index_t rows, std::span<const std::int32_t> labels) const {
    if (labels.size() != rows) fail("the loss expects ", rows, " labels but got ", labels.size());
    for (index_t i = 0; i < labels.size(); ++i) {
      if (labels[i] < 0 || static_cast<index_t>(labels[i]) >= Classes) {
        fail("label ", i, " of the batch should be a class from 0 to ", Classes - 1, " but is ", labels[i]);
      }
    }
    detail::check_label_smoothing(label_smoothing);
    detail::check_loss_weights("class weights", class_weights);
  }

  template <class D, class T, Shape Output>
  LossSums sums(D& device, BatchView<const T, Output> logits, std::span<const std::int32_t> labels, T* scratch, T* gradient) const {
    static_assert(LossKernels<D, T>, "this device has no loss kernels (cross_entropy, softmax)");
    for (index_t i = 0; i < Classes; ++i) scratch[i] = static_cast<T>(class_weights[i]);
    return device.template cross_entropy<T>(logits.rows, Classes, logits.data, labels.data(), scratch, label_smoothing, gradient);
  }
};

}  // namespace taut
