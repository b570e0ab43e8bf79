/// split_validation: cuts a number of images into training and validation, again the same for the same seed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/random.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/random_streams.hpp"

namespace taut {

/// A short fingerprint of numbers (FNV-1a, 64 bits), written as 16 hexadecimal digits.
class Checksum {
 public:
  template <class Integer> Checksum& add(std::span<const Integer> numbers) {
    add(numbers.size());
    for (Integer number : numbers) add(static_cast<std::uint64_t>(number));
    return *this;
  }
  Checksum& add(std::uint64_t number) {
    for (int byte = 0; byte < 8; ++byte) state_ = (state_ ^ (number >> (8 * byte) & 0xFF)) * 0x100000001B3;
    return *this;
  }
  std::string text() const {
    std::string digits(16, '0');
    for (index_t i = 0; i < 16; ++i) digits[i] = "0123456789abcdef"[state_ >> (60 - 4 * i) & 0xF];
    return digits;
  }

 private:
  std::uint64_t state_ = 0xCBF29CE484222325;
};

/// Both lists ascend. They are a function of (count, fraction, seed): who remembers these three, and the checksum to see that the
/// images are still as many, has remembered the split.
struct ValidationSplit {
  std::vector<std::uint32_t> train, validation;

  std::string checksum() const {
    return Checksum{}.add(std::span<const std::uint32_t>{train}).add(std::span<const std::uint32_t>{validation}).text();
  }
};

/// ⌊fraction · count⌋ images, drawn at random, for validation; the others stay for training. Neither may end up empty.
inline ValidationSplit split_validation(index_t count, double fraction, std::uint64_t seed) {
  if (!(fraction > 0 && fraction < 1)) fail("expected a validation fraction between 0 and 1 but got ", fraction);
  const auto chosen = static_cast<index_t>(fraction * static_cast<double>(count));
  if (chosen == 0 || chosen == count) {
    fail("a validation fraction of ", fraction, " leaves ", chosen, " of ", count,
         " images for validation: expected at least one there and one for training");
  }
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  Random(data_stream(seed, DataUse::split)).shuffle(std::span{order});
  const auto border = order.begin() + static_cast<std::ptrdiff_t>(chosen);
  ValidationSplit split{{border, order.end()}, {order.begin(), border}};
  std::ranges::sort(split.train);
  std::ranges::sort(split.validation);
  return split;
}

inline ValidationSplit split_validation(const ImageDataset& dataset, double fraction, std::uint64_t seed) {
  return split_validation(dataset.size(), fraction, seed);
}

}  // namespace taut
