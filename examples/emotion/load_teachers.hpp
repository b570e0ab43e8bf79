/// load_teachers: whom the best recipe learns from.
#pragma once

#include <string>

#include "emotion/network.hpp"
#include "emotion/train.hpp"
#include "taut/train/teachers.hpp"

namespace emotion {

/// The networks in the files that the command line names, on the CPU, whatever the training's device. Says so where one was trained on
/// another division of the data than `checksum` is of: it may know what validates the student.
taut::Teachers<EmotionNet::output_shape.size()> load_teachers(const TrainOptions& options, const std::string& checksum);

}  // namespace emotion
