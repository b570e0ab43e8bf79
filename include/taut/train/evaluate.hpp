/// evaluate: how a model does on a data set, in inference mode.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "taut/data/dataset.hpp"
#include "taut/device/device.hpp"
#include "taut/nn/cross_entropy.hpp"
#include "taut/train/batch_source.hpp"
#include "taut/train/confusion_matrix.hpp"
#include "taut/train/for_each_batch.hpp"

namespace taut {

/// What an evaluation found.
struct Evaluation {
  double loss = 0;  ///< the weighted mean, as the loss defines it, over all pictures
  ConfusionMatrix matrix;
};

namespace detail {

/// Adds a batch to `evaluation`, whose loss is a sum until all are in, and returns the batch's weight.
template <class Model, index_t Classes>
double add_batch(Evaluation& evaluation, Model& model, typename Model::Input samples, std::span<const std::int32_t> labels,
                 const CrossEntropy<Classes>& loss) {
  const LossSums sums = model.loss(samples, labels, loss);
  const typename Model::Output logits = model.output();
  for (index_t i = 0; i < samples.rows; ++i) {
    const float* const row = logits.row(i);
    evaluation.matrix.add(static_cast<index_t>(labels[i]), static_cast<index_t>(std::max_element(row, row + Classes) - row));
  }
  evaluation.loss += sums.loss;
  return sums.weight;
}

}  // namespace detail

/// Runs all pictures of `data` through the model, in their order, without changing them. Pictures and classes must be the network's.
template <class Model, index_t Classes>
Evaluation evaluate(Model& model, const ImageDataset& data, Normalization normalization, const CrossEntropy<Classes>& loss) {
  Evaluation evaluation{0, ConfusionMatrix(Classes)};
  double weight = 0;
  for_each_batch<Model>(data, normalization, [&](const typename Model::Input& images, std::span<const std::int32_t> labels, index_t) {
    weight += detail::add_batch(evaluation, model, images, labels, loss);
  });
  if (weight > 0) evaluation.loss /= weight;
  return evaluation;
}

/// Runs all samples of `source` likewise: a SampleLoader over data of one's own. Its order doesn't matter, and its transform is called.
template <class Model, BatchSource Source, index_t Classes>
Evaluation evaluate(Model& model, Source& source, const CrossEntropy<Classes>& loss) {
  constexpr index_t values = Model::Network::input_shape.size();
  if (source.pixels() != values) fail("the network expects samples of ", values, " values but the data's have ", source.pixels());
  Evaluation evaluation{0, ConfusionMatrix(Classes)};
  double weight = 0;
  source.start(0, 0);
  while (const auto batch = source.next()) {
    weight += detail::add_batch(evaluation, model, {batch->images, batch->rows}, {batch->labels, batch->rows}, loss);
  }
  if (weight > 0) evaluation.loss /= weight;
  return evaluation;
}

}  // namespace taut
