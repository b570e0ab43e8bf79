/// DecoderReason: why stb_image refused a file.
#pragma once

#include <string>

#include "taut/data/stb_image.hpp"

namespace taut::detail {

/// Made before the decoder is called: of some files it says nothing, and what it said of another still stands.
class DecoderReason {
 public:
  DecoderReason() {
    int width = 0, height = 0, channels = 0;
    stbi_info_from_memory(nullptr, 0, &width, &height, &channels);
    of_nothing_ = stbi_failure_reason();
  }

  /// " (its reason)", or nothing where it gave none.
  std::string text() const {
    const char* const reason = stbi_failure_reason();
    return reason == of_nothing_ ? std::string() : " (" + std::string(reason) + ")";
  }

 private:
  const char* of_nothing_;
};

}  // namespace taut::detail
