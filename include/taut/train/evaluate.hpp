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
#include "taut/train/confusion_matrix.hpp"

namespace taut {

/// What an evaluation found.
struct Evaluation {
  double loss = 0;  ///< the weighted mean, as the loss defines it, over all pictures
  ConfusionMatrix matrix;
};

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
    const std::span<const std::int32_t> labels = data.labels().subspan(first, rows);
    const LossSums sums = model.loss(*images, labels, loss);
    evaluation.loss += sums.loss;
    weight += sums.weight;
    const typename Model::Output logits = model.output();
    for (index_t i = 0; i < rows; ++i) {
      const float* const row = logits.row(i);
      evaluation.matrix.add(static_cast<index_t>(labels[i]), static_cast<index_t>(std::max_element(row, row + Classes) - row));
    }
  }
  if (weight > 0) evaluation.loss /= weight;
  return evaluation;
}

}  // namespace taut
