/// load_torch_weights: a model's weights from a PyTorch checkpoint, whatever its modules are called.
#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/io/tensor_file.hpp"
#include "taut/io/torch/torch_file.hpp"
#include "taut/io/weights.hpp"
#include "taut/nn/tensor_exchange.hpp"

namespace taut {

struct TorchOptions {
  /// The dictionary of tensors where the checkpoint holds more: "model", "ema.model".
  std::string key{};
  /// The checkpoint's name of tensors that can't be found by name or order: {"0.weight", "stem.w"}.
  std::map<std::string, std::string> names{};
};

namespace detail {

/// A tensor that a network needs, and the one that a file has for it.
struct TensorMatch {
  std::string name, owner;
  std::vector<index_t> shape;
  const TensorEntry* found = nullptr;
};

/// "0.weight of Conv2d<32,3> should be 32x1x3x3 but "stem.w" is 16x1x3x3", "" for a match.
inline std::string misfit(const TensorMatch& match) {
  if (match.found != nullptr && match.found->shape == match.shape) return "";
  return match.name + " of " + match.owner + " should be " + extents(match.shape) +
         (match.found == nullptr ? " but there is no tensor for it"
                                 : " but " + quote(match.found->name) + " is " + extents(match.found->shape));
}

}  // namespace detail

/// The file's tensors under the network's names. They are found by `names`, else by the same name; where not one name is the network's, one
/// after the other, as both have them in the order of the layers. Throws an Error that lists what doesn't fit: layer, name, expected,
/// found.
template <class Net>
TensorFile match_tensors(TensorFile file, const std::map<std::string, std::string>& names = {}) {
  std::erase_if(file.entries, [](const TensorEntry& entry) { return detail::is_batch_count(entry.name); });
  std::vector<detail::TensorMatch> matches;
  for_each_tensor<Net>([&](const TensorPlace& place) {
    matches.push_back({place.name, place.owner, detail::extents_of(place.spec.shape), nullptr});
  });

  bool by_name = !names.empty();
  for (const detail::TensorMatch& match : matches) by_name = by_name || file.find(match.name) != nullptr;
  std::vector<const TensorEntry*> unused;
  if (by_name) {
    for (detail::TensorMatch& match : matches) {
      const auto named = names.find(match.name);
      match.found = named == names.end() ? file.find(match.name) : &file.at(named->second);
    }
    for (const TensorEntry& entry : file.entries) {
      const auto takes = [&](const detail::TensorMatch& match) { return match.found == &entry; };
      if (std::none_of(matches.begin(), matches.end(), takes)) unused.push_back(&entry);
    }
  } else {
    for (std::size_t i = 0; i < file.entries.size(); ++i) {
      if (i < matches.size()) matches[i].found = &file.entries[i];
      else unused.push_back(&file.entries[i]);
    }
  }

  std::vector<std::string> differences;
  for (const detail::TensorMatch& match : matches) {
    if (std::string difference = detail::misfit(match); !difference.empty()) differences.push_back(std::move(difference));
  }
  for (const TensorEntry* entry : unused) {
    differences.push_back("no layer takes " + detail::quote(entry->name) + ", " + detail::extents(entry->shape));
  }
  detail::refuse_differences(file, differences);

  TensorFile matched;
  matched.origin = file.origin;
  for (const detail::TensorMatch& match : matches) {
    matched.entries.push_back(*match.found);
    matched.entries.back().name = match.name;
  }
  return matched;
}

/// Fills `model` from what `torch.save(model.state_dict(), path)` wrote. An Error leaves the model as it was.
template <class Model>
void load_torch_weights(const std::filesystem::path& path, Model& model, const TorchOptions& options = {}) {
  import_weights(match_tensors<typename Model::Network>(read_torch(path, options.key), options.names), model);
}

}  // namespace taut
