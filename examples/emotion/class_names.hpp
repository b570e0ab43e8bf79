/// class_names: data and weights must speak of the same classes, in the same order.
#pragma once

#include <string>
#include <vector>

#include "taut/io/weights_info.hpp"

namespace emotion {

/// "angry, disgust, fear"
std::string joined(const std::vector<std::string>& names);

/// Throws an Error where those of `data`, which lie there, are not those of `weights`, which that file holds.
void check_same_classes(const std::string& data, const std::vector<std::string>& found, const std::string& weights,
                        const taut::WeightsInfo& info);

}  // namespace emotion
