/// data_stream: which part of a seed's random numbers belongs to which use, so that no two uses share a sequence.
#pragma once

#include <cstdint>

#include "taut/core/random.hpp"

namespace taut {

enum class DataUse : std::uint64_t { split = 1, shuffle, augmentation, transform, train_faces, validation_faces, test_faces };

/// The sequence for `use`, within it for (major, minor): an epoch below 2^24 and an image below 2^32, say.
/// The top bit keeps these streams apart from the small numbers that others count with.
constexpr RandomKey data_stream(std::uint64_t seed, DataUse use, std::uint64_t major = 0, std::uint64_t minor = 0) {
  constexpr std::uint64_t ours = std::uint64_t{1} << 63;
  return {seed, ours | static_cast<std::uint64_t>(use) << 56 | (major & 0xFFFFFF) << 32 | (minor & 0xFFFFFFFF)};
}

}  // namespace taut
