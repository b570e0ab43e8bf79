/// load_classifier: a network's weights from a file.
#include "emotion/load_classifier.hpp"

#include "emotion/network_info.hpp"
#include "taut/core/error.hpp"
#include "taut/io/weights.hpp"

namespace emotion {

namespace {

template <class Model>
taut::WeightsInfo load(const std::filesystem::path& weights, Model& model) {
  using Net = typename Model::Network;
  taut::WeightsInfo info = taut::load_weights(weights, model);
  if (info.class_names.size() != Net::output_shape.size()) {
    taut::fail(weights.string(), ": expected the names of ", Net::output_shape.size(), " classes but found ", info.class_names.size());
  }
  if (info.image_height != Net::input_shape.d1 || info.image_width != Net::input_shape.d2) {
    taut::fail(weights.string(), ": expected pictures of ", Net::input_shape.d2, "x", Net::input_shape.d1, " but found ",
               info.image_width, "x", info.image_height);
  }
  return info;
}

}  // namespace

taut::WeightsInfo load_classifier(const std::filesystem::path& weights, Classifier& classifier) { return load(weights, classifier); }
taut::WeightsInfo load_classifier(const std::filesystem::path& weights, LargeClassifier& classifier) { return load(weights, classifier); }

bool holds_large_network(const std::filesystem::path& weights) {
  return taut::weights_info(taut::read_safetensors(weights)).network == network_name<LargeNet>();
}

}  // namespace emotion
