/// predict: pictures in, probabilities out.
#pragma once

#include <string>
#include <vector>

#include "taut/core/shape.hpp"

namespace emotion {

struct PredictOptions {
  std::string weights, device = "auto";
  std::vector<std::string> images;
  std::vector<taut::index_t> crop;  // x, y, width, height
  unsigned threads = 1;
  bool json = false;
};

/// Reads all pictures before the first answer is printed, so that a bad one among them leaves no half of an output.
void predict(const PredictOptions& options);

}  // namespace emotion
