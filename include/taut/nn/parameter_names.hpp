/// parameter_names: where the parameter of a name lies, and which ones a prefix means.
#pragma once

#include <string>
#include <string_view>

#include "taut/nn/plan.hpp"
#include "taut/nn/tensor_exchange.hpp"

namespace taut {

/// Part of the flat arena of parameters: elements [begin, end).
struct ParameterSpan {
  index_t begin = 0, end = 0;
};

/// Whether a prefix, of whole words between dots, means a tensor: "0.weight" is under "0.weight", "0", "0." and "", not under "0.w".
constexpr bool is_under(std::string_view name, std::string_view prefix) {
  if (prefix.ends_with('.')) prefix.remove_suffix(1);
  if (prefix.empty() || name == prefix) return true;
  return name.starts_with(prefix) && name[prefix.size()] == '.';
}

/// Calls visit(name, ParameterSpan) for every parameter, in the order of export_tensors. The spans, which take up the gaps behind each
/// tensor, follow one another.
template <class Net, class Visit>
void for_each_parameter(Visit&& visit) {
  for_each_tensor<Net>([&](const TensorPlace& place) {
    if (place.spec.trainable) visit(place.name, ParameterSpan{place.offset, place.offset + aligned_offset(place.spec.shape.size())});
  });
}

}  // namespace taut
