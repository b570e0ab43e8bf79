/// Matching weights: of another network's file those tensors that this one shares, for transfer learning.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "taut/core/error.hpp"
#include "taut/io/safetensors_reader.hpp"
#include "taut/io/tensor_file.hpp"
#include "taut/io/weights.hpp"

namespace taut {

/// What a load of matching weights did.
struct MatchedWeights {
  std::vector<std::string> taken;            ///< names of the tensors that were copied
  std::vector<TensorDifference> left;        ///< what wasn't: of the network, then of the file alone
};

/// Copies those of a file's tensors that have the name and shape of one of the model's, as another network's layers that this one shares;
/// the others stay as they are. An Error, also where nothing matches, changes nothing.
template <class Model>
MatchedWeights import_matching_weights(const TensorFile& file, Model& model) {
  auto tensors = model.export_tensors();
  MatchedWeights result;
  result.left = detail::tensor_differences(tensors, file);
  for (auto& tensor : tensors) {
    if (std::ranges::find(result.left, tensor.name, &TensorDifference::name) != result.left.end()) continue;
    tensor.values = file.tensor<typename Model::Scalar>(tensor.name);
    result.taken.push_back(tensor.name);
  }
  if (result.taken.empty()) {
    fail(file.origin, ": no tensor of the ", file.entries.size(), " has the name and shape of one of the network's");
  }
  model.import_tensors(tensors);
  return result;
}

/// Reads a safetensors file and takes what matches. How its pictures were prepared is to be read with weights_info.
template <class Model>
MatchedWeights load_matching_weights(const std::filesystem::path& path, Model& model) {
  return import_matching_weights(read_safetensors(path), model);
}

}  // namespace taut
