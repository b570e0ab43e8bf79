/// LargeClassifier: the teacher's network on the CPU.
#pragma once

#include "emotion/large_network.hpp"
#include "taut/device/cpu.hpp"
#include "taut/nn/model.hpp"

namespace emotion {

using LargeClassifier = taut::Model<LargeNet, float, taut::Cpu<>, 256>;

}  // namespace emotion

// Compiled once, in large_classifier.cpp, as the classifier's kernels are.
extern template class taut::Model<emotion::LargeNet, float, taut::Cpu<>, 256>;
