/// ClassificationReport: precision, recall and F1 of every class and their averages, printed as scikit-learn prints them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/train/confusion_matrix.hpp"
#include "taut/train/format.hpp"

namespace taut {

/// One line of a report. Quotients without a denominator are 0.
struct ClassificationScores {
  double precision = 0, recall = 0, f1 = 0;
  std::uint64_t support = 0;
};

struct ClassificationReport {
  std::vector<std::string> class_names;
  std::vector<ClassificationScores> classes;
  double accuracy = 0;
  ClassificationScores macro_average;     ///< every class counts the same
  ClassificationScores weighted_average;  ///< every sample counts the same

  /// scikit-learn's classification_report(…, digits), to the character.
  std::string to_string(int digits = 2) const {
    static constexpr std::size_t column = 9;  // and a blank before each
    std::size_t width = std::max<std::size_t>(std::string_view("weighted avg").size(), static_cast<std::size_t>(std::max(digits, 0)));
    for (const std::string& name : class_names) width = std::max(width, code_points(name));

    std::string text = std::string(width, ' ') + ' ';
    for (const char* heading : {"precision", "recall", "f1-score", "support"}) text += ' ' + right_aligned(heading, column);
    text += "\n\n";
    const auto cell = [&](const std::string& content) { text += ' ' + right_aligned(content, column); };
    const auto line = [&](const std::string& name, const ClassificationScores& scores) {
      text += right_aligned(name, width) + ' ';
      for (const double score : {scores.precision, scores.recall, scores.f1}) cell(fixed_text(score, digits));
      cell(std::to_string(scores.support));
      text += '\n';
    };
    for (std::size_t i = 0; i < classes.size(); ++i) line(class_names[i], classes[i]);
    text += '\n' + right_aligned("accuracy", width) + ' ';
    for (const std::string& content : {std::string(), std::string(), fixed_text(accuracy, digits), std::to_string(macro_average.support)}) {
      cell(content);
    }
    text += '\n';
    line("macro avg", macro_average);
    line("weighted avg", weighted_average);
    return text;
  }
};

inline ClassificationReport classification_report(const ConfusionMatrix& matrix, std::vector<std::string> class_names) {
  const index_t classes = matrix.classes();
  if (class_names.size() != classes) {
    fail("classification_report: expected ", classes, " class names, found ", class_names.size());
  }
  ClassificationReport report{.class_names = std::move(class_names), .classes = {}, .accuracy = matrix.accuracy(), .macro_average = {},
                              .weighted_average = {}};
  const std::uint64_t total = matrix.total();
  for (index_t i = 0; i < classes; ++i) {
    const std::uint64_t support = matrix.support(i), either = support + matrix.predictions(i);
    const double f1 = either == 0 ? 0.0 : 2 * static_cast<double>(matrix.count(i, i)) / static_cast<double>(either);
    report.classes.push_back({matrix.precision(i), matrix.accuracy(i), f1, support});
  }
  const auto average = [&](auto&& share) {
    ClassificationScores mean{.precision = 0, .recall = 0, .f1 = 0, .support = total};
    double shares = 0;
    for (const ClassificationScores& scores : report.classes) {
      const double weight = share(scores);
      mean.precision += weight * scores.precision;
      mean.recall += weight * scores.recall;
      mean.f1 += weight * scores.f1;
      shares += weight;
    }
    if (shares == 0) return ClassificationScores{};
    mean.precision /= shares;
    mean.recall /= shares;
    mean.f1 /= shares;
    return mean;
  };
  report.macro_average = average([](const ClassificationScores&) { return 1.0; });
  report.weighted_average = average([](const ClassificationScores& scores) { return static_cast<double>(scores.support); });
  return report;
}

}  // namespace taut
