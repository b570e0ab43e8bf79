/// Classifier: the emotion network on the CPU.
#pragma once

#include "emotion/network.hpp"
#include "taut/device/cpu.hpp"
#include "taut/nn/model.hpp"

namespace emotion {

/// Batches of up to 256 faces; memory that a smaller batch leaves untouched is never taken.
using Classifier = taut::Model<EmotionNet, float, taut::Cpu<>, 256>;

}  // namespace emotion

// The kernels are compiled once, in classifier.cpp, and not in every file that uses the classifier.
extern template class taut::Model<emotion::EmotionNet, float, taut::Cpu<>, 256>;
