/// evaluate: how well weights do on a split of the data.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "taut/train/confusion_matrix.hpp"

namespace emotion {

struct EvaluateOptions {
  std::string weights, data, split = "test", json, exclude, device = "auto";
  unsigned threads = 2;
};

void evaluate(const EvaluateOptions& options);

/// "Test Accuracy: 63.10%", a line a class, then the report.
void print_evaluation(std::ostream& out, const char* split, const taut::ConfusionMatrix& matrix,
                      const std::vector<std::string>& class_names);

}  // namespace emotion
