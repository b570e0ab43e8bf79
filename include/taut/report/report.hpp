/// Report: one page, complete in itself, on a training run; and its pictures as files.
#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "taut/io/atomic_file.hpp"
#include "taut/io/base64.hpp"
#include "taut/nn/layer_row.hpp"
#include "taut/report/architecture_svg.hpp"
#include "taut/report/class_scores_svg.hpp"
#include "taut/report/confusion_matrix_svg.hpp"
#include "taut/report/curves_svg.hpp"
#include "taut/train/classification_report.hpp"
#include "taut/train/confusion_matrix.hpp"
#include "taut/train/epoch_record.hpp"
#include "taut/train/format.hpp"

namespace taut {

/// A picture that was taken for something else.
struct ReportMistake {
  std::string png;  ///< the picture's file (see encode_png)
  std::string truth, predicted;
  double confidence = 0;  ///< the probability of the predicted class
};

/// How a network did on one split of the data.
struct ReportEvaluation {
  std::string split;  ///< "Test"
  ConfusionMatrix matrix;
  std::vector<ReportMistake> mistakes{};  ///< some pictures, the most confident mistakes first
};

/// What a report tells. Whatever is empty is left out of the page.
struct Report {
  std::string title;    ///< "Emotion classifier"
  std::string summary;  ///< a sentence under the title: why training ended, say
  std::vector<std::pair<std::string, std::string>> settings{};
  std::vector<EpochRecord> records{};
  index_t best_epoch = 0;
  std::vector<std::string> class_names{};
  std::vector<ReportEvaluation> evaluations{};
  std::string input_shape{};  ///< "1x48x48"
  std::vector<LayerRow> layers{};
  std::string memory_plan{};  ///< plain text, shown as it stands
};

namespace detail {

inline std::string html_section(std::string_view heading, const std::string& content) {
  return "<section>\n<h2>" + xml_escaped(heading) + "</h2>\n" + content + "</section>\n";
}

inline std::string html_tiles(const Report& report) {
  std::string html;
  const auto tile = [&](const std::string& value, const std::string& caption) {
    html += "<div class=\"tile\"><b>" + xml_escaped(value) + "</b><span>" + xml_escaped(caption) + "</span></div>\n";
  };
  double seconds = 0;
  for (const EpochRecord& record : report.records) {
    seconds += record.seconds;
    if (record.epoch == report.best_epoch) {
      const bool accuracy = !std::isnan(record.validation_accuracy);
      tile(accuracy ? percent_text(record.validation_accuracy) : fixed_text(record.validation_loss, 4),
           std::string("best validation ") + (accuracy ? "accuracy" : "loss") + ", epoch " + std::to_string(record.epoch));
    }
  }
  for (const ReportEvaluation& evaluation : report.evaluations) {
    tile(percent_text(evaluation.matrix.accuracy()),
         evaluation.split + " accuracy, " + grouped_text(evaluation.matrix.total()) + " images");
  }
  if (!report.layers.empty()) {
    std::uint64_t parameters = 0;
    for (const LayerRow& layer : report.layers) parameters += layer.parameters;
    tile(grouped_text(parameters), "parameters");
  }
  if (!report.records.empty()) {
    tile(duration_text(seconds), std::to_string(report.records.size()) + (report.records.size() == 1 ? " epoch" : " epochs"));
    tile(fixed_text(report.records.back().images_per_second, 0), "images a second in training");
  }
  return html.empty() ? html : "<div class=\"tiles\">\n" + html + "</div>\n";
}

inline std::string html_mistakes(const std::vector<ReportMistake>& mistakes) {
  std::string html = "<div class=\"mistakes\">\n";
  for (const ReportMistake& mistake : mistakes) {
    const std::string predicted = xml_escaped(mistake.predicted), truth = xml_escaped(mistake.truth);
    html += "<figure><img src=\"data:image/png;base64," + base64(mistake.png) + "\" alt=\"" + truth + ", taken for " + predicted +
            "\"/><figcaption><b>" + predicted + "</b> " + percent_text(mistake.confidence, 1) + "<br/><span class=\"note\">true: " + truth +
            "</span></figcaption></figure>\n";
  }
  return html + "</div>\n";
}

inline std::string html_log(const Report& report) {
  const auto percentage = [](double accuracy) { return std::isnan(accuracy) ? std::string() : percent_text(accuracy); };
  std::string html =
      "<div class=\"log\"><table>\n<thead><tr><th>epoch</th><th>train loss</th><th>train accuracy</th><th>val loss</th>"
      "<th>val accuracy</th><th>learning rate</th><th>seconds</th><th>images/s</th></tr></thead>\n<tbody>\n";
  for (const EpochRecord& record : report.records) {
    html += record.epoch == report.best_epoch ? "<tr class=\"best\">" : "<tr>";
    for (const std::string& cell :
         {std::to_string(record.epoch), fixed_text(record.train_loss, 4), percentage(record.train_accuracy),
          fixed_text(record.validation_loss, 4), percentage(record.validation_accuracy), short_text(record.learning_rate, 4),
          fixed_text(record.seconds, 1), fixed_text(record.images_per_second, 0)}) {
      html += "<td>" + cell + "</td>";
    }
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table></div>\n";
}

}  // namespace detail

/// The page as HTML, without a reference to anything outside it.
inline std::string report_html(const Report& report) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      xml_escaped(report.title) + "</title>\n<style>\n";
  html.append(page_style).append(picture_style) += "</style>\n</head>\n<body>\n<h1>" + xml_escaped(report.title) + "</h1>\n";
  if (!report.summary.empty()) html += "<p class=\"lead\">" + xml_escaped(report.summary) + "</p>\n";
  html += detail::html_tiles(report);
  if (!report.records.empty()) {
    html += detail::html_section("Training", curves_svg(report.records, report.best_epoch).embedded());
  }
  for (const ReportEvaluation& evaluation : report.evaluations) {
    const ClassificationReport scores = classification_report(evaluation.matrix, report.class_names);
    html += detail::html_section(evaluation.split + ": each class", class_scores_svg(scores, evaluation.split).embedded());
    html += detail::html_section(evaluation.split + ": confusion matrix",
                                 confusion_matrix_svg(evaluation.matrix, report.class_names, evaluation.split).embedded());
    if (!evaluation.mistakes.empty()) {
      html += detail::html_section(evaluation.split + ": the most confident mistakes", detail::html_mistakes(evaluation.mistakes));
    }
    html += detail::html_section(evaluation.split + ": classification report", "<pre>" + xml_escaped(scores.to_string()) + "</pre>\n");
  }
  if (!report.settings.empty()) {
    std::string list = "<dl class=\"settings\">\n";
    for (const auto& [name, value] : report.settings) {
      list += "<div><dt>" + xml_escaped(name) + "</dt><dd>" + xml_escaped(value) + "</dd></div>\n";
    }
    html += detail::html_section("Settings", list + "</dl>\n");
  }
  if (!report.layers.empty()) {
    html += detail::html_section("Architecture", architecture_svg(report.title, report.input_shape, report.layers).embedded());
  }
  if (!report.memory_plan.empty()) html += detail::html_section("Memory plan", "<pre>" + xml_escaped(report.memory_plan) + "</pre>\n");
  if (!report.records.empty()) html += detail::html_section("Log", detail::html_log(report));
  return html + "</body>\n</html>\n";
}

/// Writes report.html, curves.svg, architecture.svg, and class_scores.svg and confusion_matrix.svg of the first evaluation, into
/// `directory`.
inline void write_report(const std::filesystem::path& directory, const Report& report) {
  if (!report.records.empty()) write_file_atomically(directory / "curves.svg", curves_svg(report.records, report.best_epoch).standalone());
  if (!report.evaluations.empty()) {
    const ReportEvaluation& first = report.evaluations.front();
    write_file_atomically(directory / "class_scores.svg",
                          class_scores_svg(classification_report(first.matrix, report.class_names), first.split).standalone());
    write_file_atomically(directory / "confusion_matrix.svg",
                          confusion_matrix_svg(first.matrix, report.class_names, first.split).standalone());
  }
  if (!report.layers.empty()) {
    write_file_atomically(directory / "architecture.svg", architecture_svg(report.title, report.input_shape, report.layers).standalone());
  }
  write_file_atomically(directory / "report.html", report_html(report));
}

}  // namespace taut
