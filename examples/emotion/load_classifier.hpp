/// load_classifier: a network's weights from a file.
#pragma once

#include <filesystem>

#include "emotion/classifier.hpp"
#include "emotion/large_classifier.hpp"
#include "taut/io/weights_info.hpp"

namespace emotion {

/// Fills the classifier from a weights file and returns what the file says about its classes and pictures.
taut::WeightsInfo load_classifier(const std::filesystem::path& weights, Classifier& classifier);
taut::WeightsInfo load_classifier(const std::filesystem::path& weights, LargeClassifier& classifier);

/// Whether a weights file holds a LargeNet, by the name in it.
bool holds_large_network(const std::filesystem::path& weights);

}  // namespace emotion
