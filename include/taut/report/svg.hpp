/// Svg: a small writer of scalable pictures; looks come from classes (report/style.hpp), so that one picture suits light and dark pages.
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include "taut/report/style.hpp"
#include "taut/train/format.hpp"

namespace taut {

/// `text` so that XML and HTML show it as it stands; what XML can't carry at all becomes a blank.
inline std::string xml_escaped(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += static_cast<unsigned char>(letter) < 0x20 && letter != '\n' && letter != '\t' ? ' ' : letter;
    }
  }
  return escaped;
}

/// A coordinate: two decimals at most, without the zeros at their end.
inline std::string coordinate(double value) {
  std::string text = fixed_text(std::isfinite(value) ? value : 0.0, 2);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

class Svg {
 public:
  /// `title` is what a screen reader says and a pointer shows.
  Svg(double width, double height, std::string_view title) : width_(width), height_(height), title_(title) {}

  Svg& rect(double x, double y, double width, double height, std::string_view classes, double radius = 0, double opacity = 1) {
    body_ += "<rect" + attribute("x", x) + attribute("y", y) + attribute("width", width) + attribute("height", height);
    if (radius != 0) body_ += attribute("rx", radius);
    if (opacity != 1) body_ += attribute("fill-opacity", opacity);
    return close(classes);
  }

  Svg& line(double x1, double y1, double x2, double y2, std::string_view classes) {
    body_ += "<line" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) + attribute("y2", y2);
    return close(classes);
  }

  Svg& circle(double x, double y, double radius, std::string_view classes) {
    body_ += "<circle" + attribute("cx", x) + attribute("cy", y) + attribute("r", radius);
    return close(classes);
  }

  /// `data` in SVG's path language.
  Svg& path(std::string_view data, std::string_view classes) {
    body_.append("<path d=\"").append(data) += '"';
    return close(classes);
  }

  /// `y` is the baseline; the class `middle` or `end` says which part of the text stands at `x`; `degrees` turn it about that point.
  Svg& text(double x, double y, std::string_view content, std::string_view classes, double degrees = 0) {
    body_ += "<text" + attribute("x", x) + attribute("y", y);
    if (degrees != 0) body_ += " transform=\"rotate(" + coordinate(degrees) + ' ' + coordinate(x) + ' ' + coordinate(y) + ")\"";
    body_.append(" class=\"").append(classes) += "\">" + xml_escaped(content) + "</text>\n";
    return *this;
  }

  /// A picture in a file of its own, on its own background.
  std::string standalone() const {
    return opening() + "<style>" + std::string(picture_style) + "</style>\n<rect width=\"100%\" height=\"100%\" class=\"paper\"/>\n" +
           body_ + "</svg>\n";
  }

  /// A part of an HTML page that has the style already.
  std::string embedded() const { return opening() + body_ + "</svg>\n"; }

 private:
  static std::string attribute(std::string_view name, double value) {
    return ' ' + std::string(name) + "=\"" + coordinate(value) + '"';
  }

  Svg& close(std::string_view classes) {
    body_.append(" class=\"").append(classes) += "\"/>\n";
    return *this;
  }

  std::string opening() const {
    const std::string width = coordinate(width_), height = coordinate(height_), title = xml_escaped(title_);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture\" role=\"img\" aria-label=\"" + title + "\" viewBox=\"0 0 " + width +
           ' ' + height + "\" width=\"" + width + "\" height=\"" + height + "\">\n<title>" + title + "</title>\n";
  }

  double width_, height_;
  std::string title_;
  std::string body_;
};

/// About how wide `text` is in our sans serif at `size`: generous, since the reader's font is unknown.
inline double text_width(std::string_view text, double size) { return 0.58 * size * static_cast<double>(code_points(text)); }

}  // namespace taut
