/// Confusion matrix as a picture: each row shaded by its shares, counts beneath, recall beside, precision below.
#pragma once

#include <algorithm>
#include <span>
#include <string>

#include "taut/report/svg.hpp"
#include "taut/train/confusion_matrix.hpp"

namespace taut {

inline Svg confusion_matrix_svg(const ConfusionMatrix& matrix, std::span<const std::string> class_names, std::string_view title = {}) {
  const index_t classes = matrix.classes();
  if (class_names.size() != classes) fail("confusion_matrix_svg: expected ", classes, " class names, found ", class_names.size());
  const double cell = std::clamp(640 / static_cast<double>(classes), 16.0, 64.0);
  constexpr double cell_of_share = 34, cell_of_count = 46;  // smaller cells hold less text
  constexpr double font = 12, dark = 0.75;                  // a share from which on light ink reads better

  double widest = 0;
  for (const std::string& name : class_names) widest = std::max(widest, text_width(name, font));
  const double slant = widest <= cell - 6 ? 0 : cell < 24 ? -90 : -40;
  const double left = 46 + std::max(widest, text_width("precision", font)), size = cell * static_cast<double>(classes);
  const double top = 100 + (slant == 0 ? 0 : slant == -90 ? widest : 0.64 * widest);
  const double bar = 60, width = left + size + 24 + bar + 62, height = top + size + 46;
  Svg svg(width, height, "Confusion matrix: true classes in rows, predicted ones in columns");

  const std::string counts =
      grouped_text(matrix.correct()) + " of " + grouped_text(matrix.total()) + " right: " + percent_text(matrix.accuracy());
  svg.text(20, 28, "Confusion matrix" + (title.empty() ? std::string() : ": " + std::string(title)), "title");
  svg.text(20, 47, counts, "muted");
  svg.text(left + size / 2, 72, "predicted", "muted middle").text(24, top + size / 2, "true", "muted middle", -90);
  svg.text(left + size + 24, top - 10, "recall", "muted");
  if (cell >= cell_of_share) svg.text(left - 10, top + size + 24, "precision", "muted end");

  for (index_t i = 0; i < classes; ++i) {
    const double middle = (static_cast<double>(i) + 0.5) * cell;
    svg.text(left - 10, top + middle + 4, class_names[i], "end");
    svg.text(left + middle + (slant == -90 ? 4 : 0), top - 10, class_names[i], slant == 0 ? "middle" : "", slant);
    const double support = static_cast<double>(matrix.support(i));
    for (index_t j = 0; j < classes; ++j) {
      const double share = support == 0 ? 0.0 : static_cast<double>(matrix.count(i, j)) / support;
      const double x = left + static_cast<double>(j) * cell, y = top + static_cast<double>(i) * cell;
      svg.rect(x + 1, y + 1, cell - 2, cell - 2, "panel", 3);
      if (share > 0) svg.rect(x + 1, y + 1, cell - 2, cell - 2, "shade", 3, std::max(share, 0.01));
      const std::string on = share > dark ? " on-shade" : "";
      const std::string quiet = share > 0.2 ? on : " muted";
      const double centre = x + cell / 2;
      if (cell >= cell_of_share) {
        const bool has_count = cell >= cell_of_count;
        svg.text(centre, y + cell / 2 + (has_count ? -1 : 4), fixed_text(100 * share, 0) + '%',
                 (i == j ? "middle strong" : "middle") + (share < 0.005 ? quiet : on));
        if (has_count) svg.text(centre, y + cell / 2 + 15, grouped_text(matrix.count(i, j)), "middle small" + quiet);
      }
    }
    const double x = left + size + 24, y = top + middle;
    svg.rect(x, y - 4, bar, 8, "track", 4);
    if (matrix.accuracy(i) > 0) svg.rect(x, y - 4, std::max(8.0, bar * matrix.accuracy(i)), 8, "shade", 4);
    svg.text(x + bar + 8, y + 4, percent_text(matrix.accuracy(i), 1), "");
    if (cell >= cell_of_share) svg.text(left + middle, top + size + 24, fixed_text(100 * matrix.precision(i), 0) + '%', "middle");
  }
  return svg;
}

}  // namespace taut
