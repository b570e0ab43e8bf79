/// export_network: a weights file for others to run: as ONNX, or as half as many bytes.
#include "emotion/export_network.hpp"

#include <filesystem>
#include <iostream>

#include "emotion/load_classifier.hpp"
#include "taut/core/error.hpp"
#include "taut/io/onnx.hpp"
#include "taut/io/weights.hpp"

namespace emotion {

void export_network(const ExportOptions& options) {
  const std::filesystem::path out = options.out;
  if (out.extension() != ".onnx" && out.extension() != ".safetensors") {
    taut::fail("--out: expected a name that ends in .onnx or .safetensors but found ", options.out);
  }
  Classifier classifier{taut::seed(0), taut::Cpu<>{1}};
  const taut::WeightsInfo info = load_classifier(options.weights, classifier);
  if (out.extension() == ".onnx") {
    taut::write_onnx(out, classifier, {.graph_name = "emotion", .metadata = taut::to_metadata(info)});
    std::cout << options.weights << " is now " << options.out << ": input \"input\" (batch, 1, " << info.image_height << ", "
              << info.image_width << "), a pixel x as (x / 255 - " << info.mean << ") / " << info.std
              << "; output \"output\", a logit a class\n";
  } else {
    taut::save_weights(out, classifier, info, taut::Precision::half);
    std::cout << options.weights << " is now " << options.out << ", in half precision\n";
  }
}

}  // namespace emotion
