/// top_classes: from a row of logits to the likeliest classes.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut {

struct RankedClass {
  index_t index = 0;
  double probability = 0;

  friend bool operator==(const RankedClass&, const RankedClass&) = default;
};

/// The `count` likeliest classes, or all where there are fewer, the likeliest first and equals in their order, with their probabilities
/// among all classes: softmax (https://pytorch.org/docs/stable/generated/torch.nn.Softmax.html) in double. Throws an Error for a logit
/// that isn't finite.
template <class T>
std::vector<RankedClass> top_classes(std::span<const T> logits, index_t count) {
  std::vector<RankedClass> classes(logits.size());
  double largest = 0, sum = 0;
  for (index_t i = 0; i < logits.size(); ++i) {
    if (!std::isfinite(logits[i])) fail("expected finite logits but that of class ", i, " is ", logits[i]);
    largest = i == 0 ? static_cast<double>(logits[0]) : std::max(largest, static_cast<double>(logits[i]));
  }
  for (index_t i = 0; i < logits.size(); ++i) {
    classes[i] = {i, std::exp(static_cast<double>(logits[i]) - largest)};
    sum += classes[i].probability;
  }
  for (RankedClass& each : classes) each.probability /= sum;
  std::ranges::sort(classes, [](const RankedClass& a, const RankedClass& b) {
    return a.probability != b.probability ? a.probability > b.probability : a.index < b.index;
  });
  classes.resize(std::min(count, classes.size()));
  return classes;
}

}  // namespace taut
