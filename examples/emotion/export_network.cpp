/// export_network: trained weights as an ONNX file.
#include "emotion/export_network.hpp"

#include <iostream>

#include "emotion/load_classifier.hpp"
#include "taut/io/onnx.hpp"

namespace emotion {

void export_network(const ExportOptions& options) {
  Classifier classifier{taut::seed(0), taut::Cpu<>{1}};
  const taut::WeightsInfo info = load_classifier(options.weights, classifier);
  taut::write_onnx(options.out, classifier, {.graph_name = "emotion", .metadata = taut::to_metadata(info)});
  std::cout << options.weights << " is now " << options.out << ": input \"input\" (batch, 1, " << info.image_height << ", " << info.image_width
            << "), a pixel x as (x / 255 - " << info.mean << ") / " << info.std << "; output \"output\", a logit a class\n";
}

}  // namespace emotion
