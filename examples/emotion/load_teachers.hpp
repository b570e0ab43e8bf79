/// load_teachers: whom the best recipe learns from.
#pragma once

#include "emotion/network.hpp"
#include "emotion/train.hpp"
#include "taut/data/data_source.hpp"
#include "taut/train/teachers.hpp"

namespace emotion {

/// The networks in the files that the command line names, on the CPU, whatever the training's device. Throws an Error for one of other
/// classes than the data's; says so where one was trained on another division of the data: it may know what validates the student.
taut::Teachers<EmotionNet::output_shape.size()> load_teachers(const TrainOptions& options, const taut::DataSource& source);

}  // namespace emotion
