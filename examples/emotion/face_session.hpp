/// FaceSession: a trained network for one face at a time. Its kernels are compiled in one file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "taut/io/weights_info.hpp"
#include "taut/nn/top_classes.hpp"

namespace emotion {

class FaceSession {
 public:
  /// Throws an Error for a file that isn't of the emotion network.
  FaceSession(const std::filesystem::path& weights, unsigned threads);
  ~FaceSession();

  const taut::WeightsInfo& info() const;

  /// All classes, the likeliest first.
  std::vector<taut::RankedClass> classify(std::span<const std::uint8_t> face);  // (height, width)

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace emotion
