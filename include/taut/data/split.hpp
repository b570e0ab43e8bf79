/// split_validation: cuts a number of images into training and validation, again the same for the same seed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/core/fnv1a.hpp"
#include "taut/core/random.hpp"
#include "taut/data/dataset.hpp"
#include "taut/data/random_streams.hpp"

namespace taut {

/// Both lists ascend. They are a function of (count, fraction, seed): who remembers these three, and the checksum to see that the
/// images are still as many, has remembered the split.
struct ValidationSplit {
  std::vector<std::uint32_t> train, validation;

  std::string checksum() const {
    Fnv1a hash;
    hash.add_numbers(std::span<const std::uint32_t>{train});
    hash.add_numbers(std::span<const std::uint32_t>{validation});
    return hash.hex();
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
