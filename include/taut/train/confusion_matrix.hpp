/// ConfusionMatrix: how often each class was taken for each.
#pragma once

#include <cstdint>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut {

/// Rows are true classes, columns predicted ones.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(index_t classes) : classes_(classes), counts_(classes * classes) {
    if (classes == 0) fail("ConfusionMatrix: expected at least one class, found 0");
  }

  index_t classes() const { return classes_; }

  void add(index_t truth, index_t predicted, std::uint64_t count = 1) {
    if (truth >= classes_ || predicted >= classes_) {
      fail("ConfusionMatrix: expected classes below ", classes_, ", found ", truth, " predicted as ", predicted);
    }
    counts_[truth * classes_ + predicted] += count;
  }

  std::uint64_t count(index_t truth, index_t predicted) const { return counts_[truth * classes_ + predicted]; }

  /// Samples of the class.
  std::uint64_t support(index_t truth) const {
    std::uint64_t sum = 0;
    for (index_t predicted = 0; predicted < classes_; ++predicted) sum += count(truth, predicted);
    return sum;
  }

  /// Samples that were taken for the class.
  std::uint64_t predictions(index_t predicted) const {
    std::uint64_t sum = 0;
    for (index_t truth = 0; truth < classes_; ++truth) sum += count(truth, predicted);
    return sum;
  }

  std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : counts_) sum += count;
    return sum;
  }

  std::uint64_t correct() const {
    std::uint64_t sum = 0;
    for (index_t i = 0; i < classes_; ++i) sum += count(i, i);
    return sum;
  }

  /// A fraction of 1; 0 without samples, as everywhere here.
  double accuracy() const { return ratio(correct(), total()); }

  /// The accuracy of one class, which is its recall.
  double accuracy(index_t truth) const { return ratio(count(truth, truth), support(truth)); }

  double precision(index_t predicted) const { return ratio(count(predicted, predicted), predictions(predicted)); }

 private:
  static double ratio(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  }

  index_t classes_;
  std::vector<std::uint64_t> counts_;  // (truth, predicted)
};

}  // namespace taut
