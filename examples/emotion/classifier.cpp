/// classifier: where the emotion network's kernels are compiled.
#include "emotion/classifier.hpp"

template class taut::Model<emotion::EmotionNet, float, taut::Cpu<>, 256>;
