/// Curves: accuracy, where there is one, and loss over the epochs, training beside validation, the best epoch marked.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>

#include "taut/report/svg.hpp"
#include "taut/report/ticks.hpp"
#include "taut/train/epoch_record.hpp"

namespace taut {

namespace detail {

/// One quantity over the epochs.
class CurvePanel {
 public:
  CurvePanel(double left, double top, double width, double height, std::span<const EpochRecord> records)
      : left_(left), top_(top), width_(width), height_(height), records_(records) {}

  /// `train` and `validation` are the members to plot, times `factor`; `unit` follows the numbers on the axis.
  void draw(Svg& svg, std::string_view title, double EpochRecord::*train, double EpochRecord::*validation, double factor,
            std::string_view unit, index_t best_epoch) {
    svg.text(left_, top_ - 12, title, "strong");
    svg.rect(left_, top_, width_, height_, "panel", 3);
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const EpochRecord& record : records_) {
      for (const double value : {factor * record.*train, factor * record.*validation}) {
        if (!std::isfinite(value)) continue;
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
    const bool has_values = low <= high;
    const Ticks y_ticks = has_values ? enclosing_ticks(low, high, 5) : enclosing_ticks(0, 1, 5);
    y_first_ = y_ticks.first();
    y_last_ = y_ticks.last();
    for (const double value : y_ticks.values) {
      svg.line(left_, y(value), left_ + width_, y(value), "grid");
      svg.text(left_ - 8, y(value) + 4, fixed_text(value, y_ticks.decimals) + std::string(unit), "muted end");
    }
    draw_epochs(svg);
    if (!has_values) svg.text(left_ + width_ / 2, top_ + height_ / 2, "no finished epoch yet", "muted middle");
    const EpochRecord* const best = find(best_epoch);
    if (best != nullptr) svg.line(x(best_epoch), top_, x(best_epoch), top_ + height_, "best");
    draw_curve(svg, train, factor, "train");
    draw_curve(svg, validation, factor, "validation");
    if (best != nullptr && std::isfinite(best->*validation)) svg.circle(x(best_epoch), y(factor * best->*validation), 4, "best-dot");
  }

 private:
  const EpochRecord* find(index_t epoch) const {
    const auto found = std::ranges::find(records_, epoch, &EpochRecord::epoch);
    return found == records_.end() ? nullptr : &*found;
  }

  double x(index_t epoch) const { return left_ + width_ * (static_cast<double>(epoch) - x_first()) / (x_last() - x_first()); }
  double y(double value) const { return top_ + height_ * (y_last_ - value) / (y_last_ - y_first_); }

  double x_first() const { return records_.size() < 2 ? 0.5 : static_cast<double>(records_.front().epoch); }
  double x_last() const { return records_.size() < 2 ? 1.5 : static_cast<double>(records_.back().epoch); }

  void draw_epochs(Svg& svg) const {
    svg.line(left_, top_ + height_, left_ + width_, top_ + height_, "axis");
    svg.text(left_ + width_ / 2, top_ + height_ + 36, "epoch", "muted middle");
    const double first = std::ceil(x_first()), last = std::floor(x_last());
    const auto mark = [&](double epoch) {
      svg.line(x(static_cast<index_t>(epoch)), top_ + height_, x(static_cast<index_t>(epoch)), top_ + height_ + 4, "axis");
      svg.text(x(static_cast<index_t>(epoch)), top_ + height_ + 18, fixed_text(epoch, 0), "muted middle");
    };
    mark(first);
    for (const double epoch : enclosing_ticks(x_first(), x_last(), 8, 1).values) {
      const double step = (last - first) / 16;  // a mark this close to the first would run into it
      if (epoch > first + step && epoch <= last) mark(epoch);
    }
  }

  void draw_curve(Svg& svg, double EpochRecord::*member, double factor, std::string_view name) const {
    std::string data;
    bool pen_down = false;
    for (std::size_t i = 0; i < records_.size(); ++i) {
      const double value = factor * records_[i].*member;
      const auto is_drawn = [&](std::size_t other) { return other < records_.size() && std::isfinite(records_[other].*member); };
      if (is_drawn(i)) {
        const double across = x(records_[i].epoch), down = y(value);
        data.append(pen_down ? "L" : "M").append(coordinate(across)).append(" ").append(coordinate(down));
        if (!is_drawn(i - 1) && !is_drawn(i + 1)) svg.circle(across, down, 3, std::string(name) + "-dot");  // a point makes no line
      }
      pen_down = is_drawn(i);
    }
    if (!data.empty()) svg.path(data, name);
  }

  double left_, top_, width_, height_;
  std::span<const EpochRecord> records_;
  double y_first_ = 0, y_last_ = 1;
};

/// Whether epochs have accuracies: those of a regression don't.
inline bool have_accuracies(std::span<const EpochRecord> records) {
  return records.empty() || std::ranges::any_of(records, [](const EpochRecord& record) { return !std::isnan(record.validation_accuracy); });
}

}  // namespace detail

/// `best_epoch` is 0 where there is none to mark.
inline Svg curves_svg(std::span<const EpochRecord> records, index_t best_epoch) {
  constexpr double width = 960, height = 400, panel_width = 395, panel_height = 270, top = 76, left = 58, gap = 75;
  const bool accuracies = detail::have_accuracies(records);
  Svg svg(width, height, std::string(accuracies ? "Accuracy and loss" : "Loss") + " of training and validation over the epochs");

  svg.line(left, 22, left + 22, 22, "train").text(left + 30, 26, "train", "");
  svg.line(left + 84, 22, left + 106, 22, "validation").text(left + 114, 26, "validation", "");
  for (const EpochRecord& record : records) {
    if (record.epoch != best_epoch) continue;
    const double at = left + 206;
    svg.line(at, 22, at + 22, 22, "best").circle(at + 11, 22, 4, "best-dot");
    svg.text(at + 30, 26, "best epoch " + std::to_string(best_epoch) + ": validation " +
                              (accuracies ? "accuracy " + percent_text(record.validation_accuracy) + ", " : "") + "loss " +
                              fixed_text(record.validation_loss, 4), "");
  }
  if (accuracies) {
    detail::CurvePanel(left, top, panel_width, panel_height, records)
        .draw(svg, "Accuracy", &EpochRecord::train_accuracy, &EpochRecord::validation_accuracy, 100, "%", best_epoch);
  }
  const double beside = accuracies ? panel_width + gap : 0;
  detail::CurvePanel(left + beside, top, 2 * panel_width + gap - beside, panel_height, records)
      .draw(svg, "Loss", &EpochRecord::train_loss, &EpochRecord::validation_loss, 1, "", best_epoch);
  return svg;
}

}  // namespace taut
