/// large_classifier: where the teacher's kernels are compiled.
#include "emotion/large_classifier.hpp"

template class taut::Model<emotion::LargeNet, float, taut::Cpu<>, 256>;
