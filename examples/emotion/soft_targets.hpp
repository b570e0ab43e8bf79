/// soft_targets: what the best recipe takes a picture's class for.
#pragma once

#include <array>
#include <vector>

#include "emotion/network.hpp"
#include "emotion/recipe.hpp"
#include "emotion/train.hpp"
#include "taut/data/dataset.hpp"

namespace emotion {

/// The labels, mixed with the opinion of the teachers where there are any. They are asked once, on the CPU, whatever the training's device.
std::vector<std::array<float, EmotionNet::output_shape.size()>> soft_targets(const TrainOptions& options, const Recipe& recipe,
                                                                             const taut::ImageDataset& faces);

}  // namespace emotion
