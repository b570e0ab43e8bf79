/// Normalization: from a byte to what the network reads.
#pragma once

#include <array>
#include <cstdint>

#include "taut/core/shape.hpp"

namespace taut {

/// x ↦ (x/255 − mean)/std, as PyTorch's ToTensor and Normalize compute it, rounding included.
struct Normalization {
  float mean = 0.5F, std = 0.5F;

  constexpr float operator()(std::uint8_t byte) const { return (static_cast<float>(byte) / 255.0F - mean) / std; }

  /// All there is to know: one value a byte.
  constexpr std::array<float, 256> table() const {
    std::array<float, 256> values{};
    for (index_t byte = 0; byte < 256; ++byte) values[byte] = (*this)(static_cast<std::uint8_t>(byte));
    return values;
  }

  friend constexpr bool operator==(const Normalization&, const Normalization&) = default;
};

}  // namespace taut
