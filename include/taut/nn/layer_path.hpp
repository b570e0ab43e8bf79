/// LayerPath: where a layer stands in its network, as a state dict names it: "4", or "3.main.0" inside of a Residual.
#pragma once

#include <stdexcept>
#include <string_view>

#include "taut/core/text.hpp"

namespace taut {

struct LayerPath {
  char chars[48]{};

  constexpr LayerPath() = default;
  constexpr explicit LayerPath(const TextBuilder& text) {
    if (text.length >= sizeof(chars)) throw std::length_error("a layer's path of more than 47 characters");
    for (std::size_t i = 0; i < text.length; ++i) chars[i] = text.chars[i];
  }

  constexpr std::string_view view() const { return chars; }
};

}  // namespace taut
