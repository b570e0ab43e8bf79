/// load_classifier: a network's weights from a file.
#include "emotion/load_classifier.hpp"

#include "emotion/load_network.hpp"
#include "emotion/network_info.hpp"

namespace emotion {

taut::WeightsInfo load_classifier(const std::filesystem::path& weights, Classifier& classifier) {
  return load_network(weights, classifier);
}
taut::WeightsInfo load_classifier(const std::filesystem::path& weights, LargeClassifier& classifier) {
  return load_network(weights, classifier);
}

bool holds_large_network(const std::filesystem::path& weights) {
  return taut::weights_info(taut::read_safetensors(weights)).network == network_name<LargeNet>();
}

}  // namespace emotion
