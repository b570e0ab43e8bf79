/// network_info: what a weights file of the emotion network says besides its tensors.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "emotion/network.hpp"
#include "taut/core/grouped_text.hpp"
#include "taut/core/version.hpp"
#include "taut/data/normalization.hpp"
#include "taut/io/weights_info.hpp"

namespace emotion {

inline taut::WeightsInfo network_info(std::vector<std::string> class_names, const taut::Normalization& normalization, std::string data) {
  taut::WeightsInfo info;
  info.class_names = std::move(class_names);
  info.mean = normalization.mean;
  info.std = normalization.std;
  info.image_height = EmotionNet::input_shape.d1;
  info.image_width = EmotionNet::input_shape.d2;
  info.network = "Emotion Classifier CNN, " + taut::grouped_text(EmotionNet::parameter_count) + " parameters";
  info.data = std::move(data);
  info.taut_version = taut::version;
  return info;
}

}  // namespace emotion
