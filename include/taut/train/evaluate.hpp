/// evaluate: how a model does on a data set, in inference mode.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "taut/core/batch.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/preparation.hpp"
#include "taut/device/device.hpp"
#include "taut/nn/cross_entropy.hpp"
#include "taut/train/batch_source.hpp"
#include "taut/train/confusion_matrix.hpp"

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
  using Net = typename Model::Network;
  constexpr Shape sample = Net::input_shape;
  if (data.height() != sample.d1 || data.width() != sample.d2 || sample.d0 != 1) {
    fail("the network expects pictures of ", sample.d2, "x", sample.d1, " pixels but the data's are ", data.width(), "x", data.height());
  }
  if (data.class_names().size() != Classes) {
    fail("the network tells ", Classes, " classes apart but the data has ", data.class_names().size());
  }
  const Preparation preparation(data.height(), data.width(), normalization);
  const auto images = std::make_unique<Batch<float, sample, Model::max_batch>>();
  Evaluation evaluation{0, ConfusionMatrix(Classes)};
  double weight = 0;
  for (index_t first = 0; first < data.size(); first += Model::max_batch) {
    const index_t rows = std::min(Model::max_batch, data.size() - first);
    images->resize(rows);
    for (index_t i = 0; i < rows; ++i) preparation.plain(data.image(first + i).data(), images->row(i));
    weight += detail::add_batch(evaluation, model, images->view(), data.labels().subspan(first, rows), loss);
  }
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
