/// for_each_batch: a data set as a network reads it, batch by batch, in its order and unchanged.
#pragma once

#include <algorithm>
#include <memory>
#include <span>

#include "taut/core/batch.hpp"
#include "taut/core/error.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/preparation.hpp"

namespace taut {

/// Calls visit(images, labels, first), `first` being the number of the batch's first picture. Throws an Error where pictures or classes
/// aren't those of the model's network.
template <class Model, class Visit>
void for_each_batch(const ImageDataset& data, Normalization normalization, Visit&& visit) {
  constexpr Shape sample = Model::Network::input_shape;
  constexpr index_t classes = Model::Network::output_shape.size();
  if (data.height() != sample.d1 || data.width() != sample.d2 || sample.d0 != 1) {
    fail("the network expects pictures of ", sample.d2, "x", sample.d1, " pixels but the data's are ", data.width(), "x", data.height());
  }
  if (data.class_names().size() != classes) {
    fail("the network tells ", classes, " classes apart but the data has ", data.class_names().size());
  }
  const Preparation preparation(data.height(), data.width(), normalization);
  const auto images = std::make_unique<Batch<float, sample, Model::max_batch>>();
  for (index_t first = 0; first < data.size(); first += Model::max_batch) {
    const index_t rows = std::min(Model::max_batch, data.size() - first);
    images->resize(rows);
    for (index_t i = 0; i < rows; ++i) preparation.plain(data.image(first + i).data(), images->row(i));
    visit(typename Model::Input(images->view()), data.labels().subspan(first, rows), first);
  }
}

}  // namespace taut
