/// check_jpeg: what a JPEG must be before stb_image may decode it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut::detail {

/// Walks over a JPEG's markers (ITU-T T.81, annex B) and keeps what they define. Segments that make no sense are the decoder's to refuse;
/// what it would let pass is refused here.
class JpegMarkers {
 public:
  JpegMarkers(std::span<const std::uint8_t> file, const std::string& name) : file_(file), name_(name) {}

  /// How many scans there are: each makes the decoder go over all pixels, however few bytes it takes. Throws an Error for a file that
  /// doesn't run through to its end-of-image marker, whose missing part the decoder fills with gray.
  index_t scans() {
    for (index_t at = 2; at + 1 < file_.size();) {
      const std::uint8_t marker = file_[at + 1];
      if (file_[at] != 0xFF || marker == 0xFF) {
        ++at;  // coded pixels up to the next marker, or a byte that fills
      } else if (marker == 0xD9) {
        check_components();
        return scans_;
      } else if (marker == 0x00 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
        at += 2;  // stands alone
      } else if (at + 3 < file_.size()) {
        const index_t length = index_t{file_[at + 2]} * 256 + file_[at + 3];  // of a segment, itself included
        const index_t content = std::min(std::max<index_t>(length, 2) - 2, file_.size() - at - 4);
        read_segment(marker, file_.subspan(at + 4, content));
        at += 2 + length;
      } else {
        break;
      }
    }
    fail(name_, ": expected a whole JPEG file but it is truncated (no end-of-image marker)");
  }

 private:
  using Segment = std::span<const std::uint8_t>;

  struct Component {
    std::uint8_t id, quantization;
    bool has_scan = false;
  };

  void read_segment(std::uint8_t marker, Segment segment) {
    switch (marker) {
      case 0xC0:
      case 0xC1:
      case 0xC2:
        return read_frame(segment, marker == 0xC2);
      case 0xC4:
        return read_huffman_tables(segment);
      case 0xDA:
        return read_scan(segment);
      case 0xDB:
        return read_quantization_tables(segment);
      default:
        return;
    }
  }

  /// Bits of a sample, height and width in two bytes each, the number of components; each of them: id, sampling, quantization table.
  void read_frame(Segment segment, bool progressive) {
    progressive_ = progressive;
    components_.clear();
    for (index_t at = 6; at + 3 <= segment.size(); at += 3) components_.push_back({segment[at], segment[at + 2]});
  }

  /// Each has a byte with its class (0 DC, 1 AC) and number, 16 counts, and as many values. The decoder writes one of more codes than bytes
  /// have values beyond its own table, and reads one that its segment cuts off on beyond it.
  void read_huffman_tables(Segment segment) {
    constexpr index_t lengths = 16, most_codes = 256;
    for (index_t at = 0; at < segment.size();) {
      const index_t left = segment.size() - at;
      index_t codes = 0;
      for (index_t length = 0; length < std::min(lengths, left - 1); ++length) codes += segment[at + 1 + length];
      if (codes > most_codes) fail(name_, ": expected Huffman tables of at most ", most_codes, " codes but found one of ", codes);
      const index_t bytes = 1 + lengths + codes;
      if (bytes > left) fail(name_, ": expected a Huffman table of ", bytes, " bytes but its segment has ", left);
      huffman_[segment[at]] = true;
      at += bytes;
    }
  }

  /// Each has a byte with its precision (0: a byte a number, 1: two) and number, and 64 numbers.
  void read_quantization_tables(Segment segment) {
    for (index_t at = 0; at < segment.size(); at += segment[at] < 16 ? 65 : 129) quantization_[segment[at] % 16] = true;
  }

  /// The number of components; each of them: id, Huffman tables of DC and AC; the first and last coefficient, and the bits of both
  /// approximations.
  void read_scan(Segment segment) {
    ++scans_;
    if (segment.empty() || segment.size() != 4 + 2 * index_t{segment[0]}) return;
    const index_t first_coefficient = segment[segment.size() - 3];
    const bool refines = segment.back() >= 16;
    const bool has_dc = first_coefficient == 0, has_ac = !progressive_ || first_coefficient != 0;
    for (index_t at = 1; at + 4 < segment.size(); at += 2) {
      const std::uint8_t dc = segment[at + 1] / 16, ac = 16 + segment[at + 1] % 16;
      const auto component = std::ranges::find(components_, segment[at], &Component::id);
      if (component == components_.end()) return;
      if ((has_dc && !refines && !huffman_[dc]) || (has_ac && !huffman_[ac])) refuse("a Huffman table", *component);
      if (!quantization_[component->quantization % 16]) refuse("a quantization table", *component);
      component->has_scan = component->has_scan || (has_dc && !refines);
    }
  }

  /// The decoder would take what its memory holds.
  [[noreturn]] void refuse(const char* missing, const Component& component) const {
    fail(name_, ": expected ", missing, " for component ", index_t{component.id}, " of scan ", scans_, " but there is none");
  }

  void check_components() const {
    for (const Component& component : components_) {
      if (!component.has_scan) fail(name_, ": expected pixels of component ", index_t{component.id}, " but no scan has it");
    }
  }

  Segment file_;
  const std::string& name_;
  index_t scans_ = 0;
  bool progressive_ = false;
  std::vector<Component> components_;
  std::array<bool, 256> huffman_{};      // is defined, by the byte of its class and number
  std::array<bool, 16> quantization_{};  // likewise, by its number
};

/// The number of a JPEG's scans. Throws an Error for what the decoder would let pass, or come to harm by.
inline index_t check_jpeg(std::span<const std::uint8_t> file, const std::string& name) { return JpegMarkers(file, name).scans(); }

}  // namespace taut::detail
