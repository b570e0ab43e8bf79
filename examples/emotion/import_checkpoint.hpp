/// import_checkpoint: a network that PyTorch trained, as a weights file that `emotion eval` and `predict` take.
#pragma once

#include <string>
#include <vector>

#include "taut/data/dataset.hpp"

namespace emotion {

struct ImportOptions {
  std::string checkpoint, key, out;
  std::vector<std::string> class_names = taut::emotion_names();  ///< in the order of its logits
  float mean = 0.5F, std = 0.5F;                                 ///< it was trained on (x / 255 − mean) / std
};

/// Reads a PyTorch checkpoint of the emotion network and writes it with what a picture must go through first.
void import_checkpoint(const ImportOptions& options);

}  // namespace emotion
