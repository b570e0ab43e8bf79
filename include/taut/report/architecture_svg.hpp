/// Architecture: the volumes that flow through a network, and its layers, boxed by what runs as one step.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "taut/nn/layer_row.hpp"
#include "taut/report/svg.hpp"

namespace taut {

namespace detail {

/// Consecutive layers that run as one.
inline std::vector<std::span<const LayerRow>> steps_of(std::span<const LayerRow> layers) {
  std::vector<std::span<const LayerRow>> steps;
  for (std::size_t begin = 0, end = 0; begin < layers.size(); begin = end) {
    while (end < layers.size() && layers[end].step == layers[begin].step) ++end;
    steps.push_back(layers.subspan(begin, end - begin));
  }
  return steps;
}

inline std::string_view colour_of(std::span<const LayerRow> step) {
  for (const LayerRow& layer : step) {
    if (layer.name.starts_with("Conv")) return "blue";
    if (layer.name.starts_with("Linear")) return "orange";
  }
  return "gray";
}

/// "32x24x24" as {32, 24, 24}, "512" as {512, 1, 1}; what can't be read is 1.
inline std::array<double, 3> extents_of(std::string_view shape) {
  std::array<double, 3> extents{1, 1, 1};
  for (std::size_t axis = 0; axis < 3 && !shape.empty(); ++axis) {
    const std::string_view number = shape.substr(0, shape.find('x'));
    std::from_chars(number.data(), number.data() + number.size(), extents[axis]);
    shape.remove_prefix(std::min(shape.size(), number.size() + 1));
  }
  return extents;
}

inline std::string pretty_shape(std::string_view shape) {
  std::string pretty;
  for (const char letter : shape) pretty += letter == 'x' ? std::string("×") : std::string(1, letter);
  return pretty;
}

/// 37.7 M, 921.6 k, 12
inline std::string compact_text(std::uint64_t value) {
  const double number = static_cast<double>(value);
  return number >= 1e9 ? fixed_text(number / 1e9, 2) + " G"
         : number >= 1e6 ? fixed_text(number / 1e6, 1) + " M"
         : number >= 1e4 ? fixed_text(number / 1e3, 1) + " k"
                         : grouped_text(value);
}

/// A block whose height and depth are the image's, whose width stands for its channels; a vector is a thin upright bar.
/// Areas grow with the square root, or nothing but the first layers could be seen.
class VolumeDrawing {
 public:
  VolumeDrawing(double largest_extent, double most_channels, double width, double height)
      : largest_extent_(largest_extent), most_channels_(most_channels), width_(width), height_(height) {}

  /// Around (x, y), the middle of the block's space. Returns half of the width it takes.
  double draw(Svg& svg, double x, double y, std::string_view shape, std::string_view colour) const {
    const auto [channels, rows, columns] = extents_of(shape);
    const double share = std::log2(1 + channels) / std::log2(1 + most_channels_);
    const bool vector = rows * columns == 1;
    const double high = vector ? height_ * (0.12 + 0.72 * share) : height_ * std::max(0.08, 0.74 * std::sqrt(rows / largest_extent_));
    const double wide = vector ? 9.0 : width_ * (0.05 + 0.34 * share * share);
    const double deep = vector ? 5.0 : 0.3 * height_ * std::max(0.08, 0.74 * std::sqrt(columns / largest_extent_));
    const double left = x - (wide + deep) / 2, right = left + wide, top = y - (high - deep) / 2, bottom = top + high;
    const auto at = [](double across, double down) { return coordinate(across) + ' ' + coordinate(down); };
    const std::string classes = std::string(colour) + " face";
    svg.path("M" + at(left, top) + "L" + at(left + deep, top - deep) + "L" + at(right + deep, top - deep) + "L" + at(right, top) + "Z",
             classes + " top");
    svg.path(
        "M" + at(right, top) + "L" + at(right + deep, top - deep) + "L" + at(right + deep, bottom - deep) + "L" + at(right, bottom) + "Z",
        classes + " side");
    svg.path("M" + at(left, top) + "L" + at(right, top) + "L" + at(right, bottom) + "L" + at(left, bottom) + "Z", classes);
    return (wide + deep) / 2;
  }

 private:
  double largest_extent_, most_channels_, width_, height_;
};

inline void draw_volumes(Svg& svg, double left, double top, double width, std::string_view input_shape,
                         std::span<const std::span<const LayerRow>> steps) {
  constexpr double height = 150;
  const double slot = width / static_cast<double>(steps.size() + 1);
  double largest = extents_of(input_shape)[1], channels = extents_of(input_shape)[0];
  for (const auto& step : steps) {
    const auto extents = extents_of(step.back().output_shape);
    largest = std::max({largest, extents[1], extents[2]});
    channels = std::max(channels, extents[0]);
  }
  const VolumeDrawing drawing(largest, channels, std::min(slot, 120.0), height);
  double flow_from = 0;
  for (std::size_t i = 0; i <= steps.size(); ++i) {
    const double x = left + (static_cast<double>(i) + 0.5) * slot, y = top + height / 2;
    const std::string_view shape = i == 0 ? input_shape : std::string_view(steps[i - 1].back().output_shape);
    const double half = drawing.draw(svg, x, y, shape, i == 0 ? "gray" : colour_of(steps[i - 1]));
    if (i != 0 && x - half - 6 > flow_from + 6) {
      svg.line(flow_from, y, x - half - 6, y, "flow");
      svg.path("M" + coordinate(x - half - 10) + ' ' + coordinate(y - 3) + "l4 3l-4 3", "flow");
    }
    flow_from = x + half + 6;
    svg.text(x, top + height + 20, pretty_shape(shape), "middle mono");
    svg.text(x, top + height + 37, i == 0 ? "input" : "step " + std::to_string(i), "middle small muted");
  }
}

}  // namespace detail

/// `input_shape` as in LayerRow: "1x48x48".
inline Svg architecture_svg(std::string_view title, std::string_view input_shape, std::span<const LayerRow> layers) {
  constexpr double width = 960, left = 24, line = 21, pad = 9, gap = 8, most_volumes = 14;
  const auto steps = detail::steps_of(layers);
  const bool has_volumes = !steps.empty() && static_cast<double>(steps.size()) <= most_volumes;
  const double table = has_volumes ? 310 : 92;
  const double height = table + static_cast<double>(layers.size()) * line + static_cast<double>(steps.size()) * (2 * pad + gap) + 20;

  std::uint64_t parameters = 0, multiply_adds = 0, most_parameters = 1, most_multiply_adds = 1;
  for (const LayerRow& layer : layers) {
    parameters += layer.parameters;
    multiply_adds += layer.multiply_adds;
    most_parameters = std::max(most_parameters, layer.parameters);
    most_multiply_adds = std::max(most_multiply_adds, layer.multiply_adds);
  }
  Svg svg(width, height, "Architecture of " + std::string(title));
  svg.text(left, 30, title, "title");
  svg.text(left, 50, grouped_text(parameters) + " parameters, " + detail::compact_text(multiply_adds) + " multiply-adds a sample, " +
                         std::to_string(layers.size()) + " layers in " + std::to_string(steps.size()) + " steps", "muted");
  if (has_volumes) detail::draw_volumes(svg, left, 66, width - 2 * left, input_shape, steps);

  constexpr double name_at = left + 50, shape_at = 520, parameters_at = 640, multiply_adds_at = 820, bar = 70;
  svg.text(left + 14, table - 10, "step", "muted small").text(name_at, table - 10, "layer", "muted small");
  svg.text(shape_at, table - 10, "output", "muted small end").text(parameters_at, table - 10, "parameters", "muted small end");
  svg.text(multiply_adds_at, table - 10, "multiply-adds", "muted small end");
  const auto bar_of = [&](double x, double y, std::uint64_t value, std::uint64_t most, std::string_view colour) {
    if (value != 0) svg.rect(x, y - 8, std::max(1.5, bar * static_cast<double>(value) / static_cast<double>(most)), 8, colour, 1.5);
  };
  double y = table;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double box = static_cast<double>(steps[i].size()) * line + 2 * pad;
    const std::string_view colour = detail::colour_of(steps[i]);
    svg.rect(left, y, width - 2 * left, box, "box", 6).rect(left, y + 6, 4, box - 12, colour, 2);
    svg.text(left + 14, y + pad + 15, std::to_string(i + 1), "muted");
    double baseline = y + pad + 15;
    for (const LayerRow& layer : steps[i]) {
      svg.text(name_at, baseline, layer.name, "mono").text(shape_at, baseline, detail::pretty_shape(layer.output_shape), "mono end");
      if (layer.parameters != 0) svg.text(parameters_at, baseline, grouped_text(layer.parameters), "end");
      if (layer.multiply_adds != 0) svg.text(multiply_adds_at, baseline, detail::compact_text(layer.multiply_adds), "end");
      bar_of(parameters_at + 12, baseline, layer.parameters, most_parameters, colour);
      bar_of(multiply_adds_at + 12, baseline, layer.multiply_adds, most_multiply_adds, colour);
      baseline += line;
    }
    y += box + gap;
  }
  return svg;
}

}  // namespace taut
