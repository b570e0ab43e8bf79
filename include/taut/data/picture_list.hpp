/// PictureList: a set of pictures known by their fingerprints, such as those that must not be trained on.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "taut/core/fnv1a.hpp"
#include "taut/core/quote.hpp"
#include "taut/core/shape.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/line_reader.hpp"
#include "taut/data/near_duplicates.hpp"

namespace taut {

/// As a file: a line a picture with the Fnv1a of its pixels in hexadecimal digits, ascending; lines that begin with # are remarks. It says
/// nothing of the pictures themselves, and where in a data set they stand doesn't matter.
class PictureList {
 public:
  PictureList() = default;

  static PictureList read(const std::filesystem::path& path) {
    PictureList list;
    detail::LineReader lines(path);
    while (const auto line = lines.next()) {
      if (line->empty() || line->front() == '#') continue;
      std::uint64_t fingerprint = 0;
      const auto [end, problem] = std::from_chars(line->data(), line->data() + line->size(), fingerprint, 16);
      if (problem != std::errc{} || end != line->data() + line->size() || line->size() != 16) {
        fail(lines.where(), ": expected sixteen hexadecimal digits but found ", detail::quote(*line));
      }
      list.fingerprints_.push_back(fingerprint);
    }
    list.sort();
    return list;
  }

  /// The pictures of `training` that recur in `judged`, exactly or nearly, and those of `judged` that recur in `training`: without them
  /// neither tells anything of the other.
  static PictureList recurring(const ImageDataset& training, const ImageDataset& judged, double limit = 6) {
    PictureList list;
    for (const std::uint32_t i : near_duplicates(training, judged, limit)) list.fingerprints_.push_back(fingerprint(training.image(i)));
    for (const std::uint32_t i : near_duplicates(judged, training, limit)) list.fingerprints_.push_back(fingerprint(judged.image(i)));
    list.sort();
    return list;
  }

  index_t size() const { return fingerprints_.size(); }

  bool contains(std::span<const std::uint8_t> image) const { return std::ranges::binary_search(fingerprints_, fingerprint(image)); }

  /// The pictures that aren't listed, in their order.
  ImageDataset removed_from(const ImageDataset& images) const {
    std::vector<std::uint32_t> kept;
    for (index_t i = 0; i < images.size(); ++i) {
      if (!contains(images.image(i))) kept.push_back(static_cast<std::uint32_t>(i));
    }
    return images.subset(kept);
  }

  /// The file's text, `remark` in its first line.
  std::string to_text(std::string_view remark) const {
    std::string text = "# ";
    text.append(remark).append("\n");
    for (const std::uint64_t fingerprint : fingerprints_) text.append(hex_text(fingerprint)).append("\n");
    return text;
  }

  friend bool operator==(const PictureList&, const PictureList&) = default;

 private:
  static std::uint64_t fingerprint(std::span<const std::uint8_t> image) {
    Fnv1a hash;
    hash.add(std::as_bytes(image));
    return hash.value();
  }

  void sort() {
    std::ranges::sort(fingerprints_);
    fingerprints_.erase(std::unique(fingerprints_.begin(), fingerprints_.end()), fingerprints_.end());
  }

  std::vector<std::uint64_t> fingerprints_;  // ascending, each once
};

}  // namespace taut
