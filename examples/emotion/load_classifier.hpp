/// load_classifier: the emotion network from a weights file.
#pragma once

#include <filesystem>

#include "emotion/classifier.hpp"
#include "taut/io/weights_info.hpp"

namespace emotion {

/// Fills the classifier from a weights file and returns what the file says about its classes and pictures.
taut::WeightsInfo load_classifier(const std::filesystem::path& weights, Classifier& classifier);

}  // namespace emotion
