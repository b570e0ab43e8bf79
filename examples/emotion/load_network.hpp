/// load_network: a network's weights from a file, whatever its device. Included by the devices' files alone.
#pragma once

#include <filesystem>

#include "taut/core/error.hpp"
#include "taut/io/weights.hpp"

namespace emotion {

/// Fills the model and returns what the file says about its classes and pictures, which must be the network's.
template <class Model>
taut::WeightsInfo load_network(const std::filesystem::path& weights, Model& model) {
  using Net = typename Model::Network;
  taut::WeightsInfo info = taut::load_weights(weights, model);
  if (info.class_names.size() != Net::output_shape.size()) {
    taut::fail(weights.string(), ": expected the names of ", Net::output_shape.size(), " classes but found ", info.class_names.size());
  }
  if (info.image_height != Net::input_shape.d1 || info.image_width != Net::input_shape.d2) {
    taut::fail(weights.string(), ": expected pictures of ", Net::input_shape.d2, "x", Net::input_shape.d1, " but found ",
               info.image_width, "x", info.image_height);
  }
  return info;
}

}  // namespace emotion
