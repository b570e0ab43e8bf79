/// Classifier: the emotion network on the CPU, and how it is brought back from a weights file.
#pragma once

#include <filesystem>

#include "emotion/network.hpp"
#include "taut/device/cpu.hpp"
#include "taut/io/weights.hpp"
#include "taut/nn/model.hpp"

namespace emotion {

/// Batches of up to 256 faces; memory that a smaller batch leaves untouched is never taken.
using Classifier = taut::Model<EmotionNet, float, taut::Cpu<>, 256>;

}  // namespace emotion

// The kernels are compiled once, in classifier.cpp, and not in every file that uses the classifier.
extern template class taut::Model<emotion::EmotionNet, float, taut::Cpu<>, 256>;

namespace emotion {

/// Fills the classifier from a weights file and returns what the file says about its classes and pictures.
inline taut::WeightsInfo load_classifier(const std::filesystem::path& weights, Classifier& classifier) {
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
