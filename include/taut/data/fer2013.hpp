/// read_fer2013_csv: the faces of the 2013 challenge, "emotion,pixels,Usage" a row.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "taut/core/error.hpp"
#include "taut/core/quote.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/line_reader.hpp"

namespace taut {

namespace detail {

/// Reads one row after the other; every complaint names the file and the line.
class Fer2013Reader {
 public:
  static constexpr index_t side = 48;
  static constexpr std::string_view header = "emotion,pixels,Usage";

  explicit Fer2013Reader(const std::filesystem::path& path) : lines_(path) {
    splits_.train = splits_.validation = splits_.test = ImageDataset(side, side, emotion_names());
  }

  DataSplits read() {
    std::optional<std::string_view> line = lines_.next();
    if (!line) fail(lines_.path(), ": expected the header \"", header, "\" but the file is empty");
    if (*line != header) fail(lines_.where(), ": expected the header \"", header, "\" but found ", quote(*line));
    while ((line = lines_.next())) {
      if (!line->empty()) read_row(*line);
    }
    require_rows(splits_.train, "Training");
    require_rows(splits_.validation, "PublicTest");
    require_rows(splits_.test, "PrivateTest");
    return std::move(splits_);
  }

 private:
  void read_row(std::string_view row) {
    const std::string_view label_field = take_field(row);
    const std::string_view pixel_field = without_quotes(take_field(row));
    const std::int32_t label = read_label(without_quotes(label_field));
    read_pixels(pixel_field);
    split_of(without_quotes(row)).append(pixels_, label);
  }

  /// Cuts off what stands before the next comma.
  std::string_view take_field(std::string_view& rest) const {
    const std::size_t comma = rest.find(',');
    if (comma == std::string_view::npos) {
      fail(lines_.where(), ": expected three fields, ", header, ", but the row ends after ", quote(rest));
    }
    const std::string_view field = rest.substr(0, comma);
    rest.remove_prefix(comma + 1);
    return field;
  }

  std::int32_t read_label(std::string_view field) const {
    constexpr std::array<std::int32_t, 7> class_of_label{0, 1, 2, 3, 5, 6, 4};  // the file: …, happy, sad, surprise, neutral
    index_t label = 0;
    const auto [end, problem] = std::from_chars(field.data(), field.data() + field.size(), label);
    if (problem != std::errc{} || end != field.data() + field.size() || label >= class_of_label.size()) {
      fail(lines_.where(), ": expected an emotion from 0 to 6 but found ", quote(field));
    }
    return class_of_label[label];
  }

  void read_pixels(std::string_view field) {
    const char* at = field.data();
    const char* const end = at + field.size();
    index_t count = 0;
    for (;; ++count) {
      while (at != end && *at == ' ') ++at;
      if (at == end) break;
      if (count == pixels_.size()) {
        fail(lines_.where(), ": expected ", pixels_.size(), " pixels but found more");
      }
      const auto [after, problem] = std::from_chars(at, end, pixels_[count]);
      if (problem != std::errc{} || (after != end && *after != ' ')) {
        const std::string_view rest(at, static_cast<std::size_t>(end - at));
        fail(lines_.where(), ": pixel ", count, ": expected a number from 0 to 255 but found ", quote(rest.substr(0, rest.find(' '))));
      }
      at = after;
    }
    if (count != pixels_.size()) fail(lines_.where(), ": expected ", pixels_.size(), " pixels but found ", count);
  }

  ImageDataset& split_of(std::string_view usage) {
    if (usage == "Training") return splits_.train;
    if (usage == "PublicTest") return splits_.validation;
    if (usage == "PrivateTest") return splits_.test;
    fail(lines_.where(), ": expected the usage Training, PublicTest or PrivateTest but found ", quote(usage));
  }

  void require_rows(const ImageDataset& split, std::string_view usage) const {
    if (split.empty()) fail(lines_.path(), ": expected at least one row for ", usage, " but found none");
  }

  static std::string_view without_quotes(std::string_view field) {
    const bool quoted = field.size() >= 2 && field.front() == '"' && field.back() == '"';
    return quoted ? field.substr(1, field.size() - 2) : field;
  }

  LineReader lines_;
  DataSplits splits_;
  std::array<std::uint8_t, side * side> pixels_{};
};

}  // namespace detail

/// Training, PublicTest and PrivateTest are train, validation and test. Labels come out in the order of emotion_names(), which is
/// not the file's.
inline DataSplits read_fer2013_csv(const std::filesystem::path& path) { return detail::Fer2013Reader(path).read(); }

}  // namespace taut
