/// grouped_text: a count as people write it.
#pragma once

#include <cstdint>
#include <string>

namespace taut {

/// Thousands apart: 1,572,551.
inline std::string grouped_text(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t place = text.size(); place > 3; place -= 3) text.insert(place - 3, 1, ',');
  return text;
}

}  // namespace taut
