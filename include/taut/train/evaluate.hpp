/// evaluate: how a model does on a data set, in inference mode.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <type_traits>

#include "taut/data/dataset.hpp"
#include "taut/device/device.hpp"
#include "taut/nn/cross_entropy.hpp"
#include "taut/train/batch_source.hpp"
#include "taut/train/confusion_matrix.hpp"
#include "taut/train/for_each_batch.hpp"

namespace taut {

/// What an evaluation of a classifier found.
struct Evaluation {
  double loss = 0;  ///< the weighted mean, as the loss defines it, over all samples
  ConfusionMatrix matrix;
};

/// What an evaluation found where the loss knows no classes.
struct LossEvaluation {
  double loss = 0;  ///< the mean over all elements
};

namespace detail {

/// Adds batches up.
template <class Model, class L>
class EvaluationSums {
 public:
  using Result = std::conditional_t<L::has_accuracy, Evaluation, LossEvaluation>;

  void add(Model& model, const auto& samples, const auto& targets, const L& loss) {
    const LossSums sums = model.loss(samples, targets, loss);
    result_.loss += sums.loss;
    weight_ += sums.weight;
    if constexpr (L::has_accuracy) {
      const typename Model::Output logits = model.output();
      for (index_t i = 0; i < logits.rows; ++i) {
        const auto* const row = logits.row(i);
        result_.matrix.add(L::class_of(targets, i), static_cast<index_t>(std::max_element(row, row + L::classes) - row));
      }
    }
  }

  Result result() const {
    Result mean = result_;
    if (weight_ > 0) mean.loss /= weight_;
    return mean;
  }

 private:
  static Result empty() {
    if constexpr (L::has_accuracy) {
      return {0, ConfusionMatrix(L::classes)};
    } else {
      return {};
    }
  }

  Result result_ = empty();
  double weight_ = 0;
};

}  // namespace detail

/// Runs all samples of `source` through the model without changing it: an Evaluation, or a LossEvaluation where the loss knows no classes.
/// The source is a SampleLoader over data of one's own, say; its order doesn't matter, and its transform is called.
template <class Model, BatchSource Source, class L>
auto evaluate(Model& model, Source& source, const L& loss) {
  constexpr index_t values = Model::Network::input_shape.size();
  if (source.pixels() != values) fail("the network expects samples of ", values, " values but the data's have ", source.pixels());
  detail::EvaluationSums<Model, L> sums;
  source.start(0, 0);
  while (const auto batch = source.next()) {
    const typename L::template Targets<typename Model::Scalar, Model::Network::output_shape> targets{batch->labels, batch->rows};
    sums.add(model, typename Model::Input{batch->images, batch->rows}, targets, loss);
  }
  return sums.result();
}

/// Runs all pictures of `data` through the model, in their order, without changing them. Pictures and classes must be the network's.
template <class Model, index_t Classes>
Evaluation evaluate(Model& model, const ImageDataset& data, Normalization normalization, const CrossEntropy<Classes>& loss) {
  detail::EvaluationSums<Model, CrossEntropy<Classes>> sums;
  for_each_batch<Model>(data, normalization, [&](const typename Model::Input& images, std::span<const std::int32_t> labels, index_t) {
    sums.add(model, images, labels, loss);
  });
  return sums.result();
}

}  // namespace taut
