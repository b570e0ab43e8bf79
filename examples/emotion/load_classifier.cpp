/// load_classifier: the emotion network from a weights file.
#include "emotion/load_classifier.hpp"

#include "taut/core/error.hpp"
#include "taut/io/weights.hpp"

namespace emotion {

taut::WeightsInfo load_classifier(const std::filesystem::path& weights, Classifier& classifier) {
  taut::WeightsInfo info = taut::load_weights(weights, classifier);
  if (info.class_names.size() != EmotionNet::output_shape.size()) {
    taut::fail(weights.string(), ": expected the names of ", EmotionNet::output_shape.size(), " classes but found ",
               info.class_names.size());
  }
  if (info.image_height != EmotionNet::input_shape.d1 || info.image_width != EmotionNet::input_shape.d2) {
    taut::fail(weights.string(), ": expected pictures of ", EmotionNet::input_shape.d2, "x", EmotionNet::input_shape.d1, " but found ",
               info.image_width, "x", info.image_height);
  }
  return info;
}

}  // namespace emotion
