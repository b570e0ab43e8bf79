/// confident_mistakes: the pictures of a data set that a model takes for something else, the surest first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "taut/data/dataset.hpp"
#include "taut/nn/top_classes.hpp"
#include "taut/train/for_each_batch.hpp"

namespace taut {

struct Mistake {
  index_t picture = 0;  ///< its number in the data set
  index_t truth = 0, predicted = 0;
  double confidence = 0;  ///< the probability that the model gives the predicted class

  friend bool operator==(const Mistake&, const Mistake&) = default;
};

/// At most `count` of them; of equally sure ones the first. Pictures and classes must be the network's. Throws an Error for an output that
/// isn't finite.
template <class Model>
std::vector<Mistake> confident_mistakes(Model& model, const ImageDataset& data, Normalization normalization, index_t count) {
  std::vector<Mistake> mistakes;
  for_each_batch<Model>(data, normalization, [&](const typename Model::Input& images, std::span<const std::int32_t> labels, index_t first) {
    const typename Model::Output logits = model.evaluate(images);
    for (index_t i = 0; i < images.rows; ++i) {
      const RankedClass predicted = top_classes(std::span(logits.row(i), Model::Network::output_shape.size()), 1).front();
      const auto truth = static_cast<index_t>(labels[i]);
      if (predicted.index != truth) mistakes.push_back({first + i, truth, predicted.index, predicted.probability});
    }
  });
  std::ranges::sort(mistakes, [](const Mistake& a, const Mistake& b) {
    return a.confidence != b.confidence ? a.confidence > b.confidence : a.picture < b.picture;
  });
  mistakes.resize(std::min(count, mistakes.size()));
  return mistakes;
}

}  // namespace taut
