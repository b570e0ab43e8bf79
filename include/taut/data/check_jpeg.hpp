/// check_jpeg: what a JPEG must be before stb_image may decode it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "taut/core/error.hpp"
#include "taut/core/shape.hpp"

namespace taut::detail {

/// Codes of the largest of the Huffman tables that begin within `bytes` of `file`: each has a byte of its own, 16 counts and as many values.
inline index_t largest_huffman_table(std::span<const std::uint8_t> file, index_t bytes) {
  constexpr index_t lengths = 16;
  index_t largest = 0;
  for (index_t at = 0; at < bytes && at + 1 + lengths <= file.size();) {
    index_t codes = 0;
    for (index_t length = 0; length < lengths; ++length) codes += file[at + 1 + length];
    largest = std::max(largest, codes);
    at += 1 + lengths + codes;
  }
  return largest;
}

/// How many scans the file has: each makes the decoder go over all pixels, however few bytes it takes. Throws an Error for what the decoder
/// would let pass: a JPEG that doesn't run through to its end-of-image marker, whose missing part it fills with gray; and a Huffman table of
/// more codes than bytes have values, which it writes beyond its own table. (ITU-T T.81, annex B)
inline index_t check_jpeg(std::span<const std::uint8_t> file, const std::string& name) {
  constexpr index_t most_codes = 256;
  index_t scans = 0, at = 2;
  while (at + 1 < file.size()) {
    if (file[at] != 0xFF) {  // coded pixels up to the next marker
      ++at;
      continue;
    }
    const std::uint8_t marker = file[at + 1];
    if (marker == 0xD9) return scans;
    if (marker == 0xFF) {
      ++at;  // fill byte
    } else if (marker == 0x00 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
      at += 2;  // stands alone
    } else if (at + 3 < file.size()) {
      const index_t length = index_t{file[at + 2]} * 256 + file[at + 3];  // of a segment, itself included
      if (marker == 0xDA) ++scans;
      if (marker == 0xC4 && length > 2) {
        const index_t codes = largest_huffman_table(file.subspan(at + 4), length - 2);
        if (codes > most_codes) fail(name, ": expected Huffman tables of at most ", most_codes, " codes but found one of ", codes);
      }
      at += 2 + length;
    } else {
      break;
    }
  }
  fail(name, ": expected a whole JPEG file but it is truncated (no end-of-image marker)");
}

}  // namespace taut::detail
