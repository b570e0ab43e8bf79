/// Class scores as a picture: precision, recall and F1 of every class as bars, and their averages.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "taut/report/svg.hpp"
#include "taut/train/classification_report.hpp"

namespace taut {

/// A class a row, in their order; the last row is the average over the classes.
inline Svg class_scores_svg(const ClassificationReport& report, std::string_view title = {}) {
  constexpr double width = 960, font = 12, bar = 10, step = 13, gap = 16, row = 3 * step + gap, top = 92;
  double widest = text_width("average of all classes", font);
  for (const std::string& name : report.class_names) widest = std::max(widest, text_width(name, font));
  const double left = std::min(30 + widest, width / 2), right = width - 150, scale = right - left;
  Svg svg(width, top + row * static_cast<double>(report.classes.size() + 1) + 34, "Precision, recall and F1 of each class");
  svg.text(20, 28, "Precision, recall and F1" + (title.empty() ? std::string() : ": " + std::string(title)), "title");

  constexpr std::pair<std::string_view, std::string_view> kinds[] = {{"precision", "blue"}, {"recall", "orange"}, {"F1", "gray"}};
  double at = left;
  for (const auto& [kind, colour] : kinds) {
    svg.rect(at, 48, 14, bar, colour, 2).text(at + 20, 57, kind, "");
    at += 110;
  }
  const double bottom = top + row * static_cast<double>(report.classes.size() + 1) - gap / 2;
  for (int quarter = 0; quarter <= 4; ++quarter) {
    const double x = left + scale * quarter / 4;
    svg.line(x, top - 8, x, bottom, "grid").text(x, bottom + 18, fixed_text(quarter / 4.0, 2), "muted middle");
  }

  double y = top;
  const auto draw = [&](std::string_view name, const ClassificationScores& scores, std::string_view classes) {
    svg.text(left - 10, y + 1.5 * step + 3, name, "end" + std::string(classes));
    const double values[] = {scores.precision, scores.recall, scores.f1};
    for (std::size_t i = 0; i < 3; ++i) {
      const double line = y + static_cast<double>(i) * step, length = scale * values[i];
      svg.rect(left, line, std::max(length, 1.0), bar, kinds[i].second, 2);
      svg.text(left + length + 6, line + bar - 1, fixed_text(values[i], 2), "small" + std::string(classes));
    }
    svg.text(width - 20, y + 1.5 * step + 3, grouped_text(scores.support) + (scores.support == 1 ? " image" : " images"), "muted end");
    y += row;
  };
  for (std::size_t i = 0; i < report.classes.size(); ++i) draw(report.class_names[i], report.classes[i], "");
  svg.line(20, y - gap / 2, width - 20, y - gap / 2, "axis");
  draw("average of all classes", report.macro_average, " strong");
  return svg;
}

}  // namespace taut
