/// load_teachers: whom the best recipe learns from.
#pragma once

#include "emotion/network.hpp"
#include "emotion/train.hpp"
#include "taut/train/teachers.hpp"

namespace emotion {

/// The networks in the files that the command line names, on the CPU, whatever the training's device.
taut::Teachers<EmotionNet::output_shape.size()> load_teachers(const TrainOptions& options);

}  // namespace emotion
