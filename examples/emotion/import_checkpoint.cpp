/// import_checkpoint: a network that PyTorch trained, as a weights file.
#include "emotion/import_checkpoint.hpp"

#include <filesystem>
#include <iostream>

#include "emotion/classifier.hpp"
#include "emotion/network_info.hpp"
#include "taut/core/error.hpp"
#include "taut/core/quote.hpp"
#include "taut/io/torch.hpp"
#include "taut/io/weights.hpp"

namespace emotion {

void import_checkpoint(const ImportOptions& options) {
  if (options.class_names.size() != EmotionNet::output_shape.size()) {
    taut::fail("--classes: expected ", EmotionNet::output_shape.size(), " names but found ", options.class_names.size());
  }
  Classifier classifier{taut::seed(0), taut::Cpu<>{1}};
  taut::load_torch_weights(options.checkpoint, classifier, {.key = options.key});
  const std::string source = "PyTorch checkpoint " + taut::detail::printable(std::filesystem::path(options.checkpoint).filename().string());
  taut::save_weights(options.out, classifier, network_info<EmotionNet>(options.class_names, {options.mean, options.std}, source));
  std::cout << options.checkpoint << " is now " << options.out << '\n';
}

}  // namespace emotion
