/// class_names: data and weights must speak of the same classes, in the same order.
#include "emotion/class_names.hpp"

#include <cstddef>

#include "taut/core/error.hpp"
#include "taut/core/quote.hpp"

namespace emotion {

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

void check_same_classes(const std::string& data, const std::vector<std::string>& found, const std::string& weights,
                        const taut::WeightsInfo& info) {
  if (found == info.class_names) return;
  constexpr std::size_t longest = 400;
  taut::fail(data, ": the classes are not those of ", weights, ": expected ", taut::detail::quote(joined(info.class_names), longest),
             " but found ", taut::detail::quote(joined(found), longest));
}

}  // namespace emotion
