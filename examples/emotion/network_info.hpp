/// network_info: what a weights file says besides its tensors.
#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "emotion/large_network.hpp"
#include "emotion/network.hpp"
#include "taut/core/grouped_text.hpp"
#include "taut/core/version.hpp"
#include "taut/data/normalization.hpp"
#include "taut/io/weights_info.hpp"

namespace emotion {

template <class Net>
std::string network_name() {
  return std::string(std::is_same_v<Net, LargeNet> ? "Emotion Classifier CNN's teacher, " : "Emotion Classifier CNN, ") +
         taut::grouped_text(Net::parameter_count) + " parameters";
}

template <class Net>
taut::WeightsInfo network_info(std::vector<std::string> class_names, const taut::Normalization& normalization, std::string data) {
  taut::WeightsInfo info;
  info.class_names = std::move(class_names);
  info.mean = normalization.mean;
  info.std = normalization.std;
  info.image_height = Net::input_shape.d1;
  info.image_width = Net::input_shape.d2;
  info.network = network_name<Net>();
  info.data = std::move(data);
  info.taut_version = taut::version;
  return info;
}

}  // namespace emotion
