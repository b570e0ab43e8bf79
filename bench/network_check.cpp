/// Network check: includes taut/nn.hpp and checks the emotion network; bench/compile_time.sh times its compilation.
#include "../examples/emotion/network.hpp"

static_assert(emotion::EmotionNet::input_shape == taut::Shape{1, 48, 48});
static_assert(emotion::EmotionNet::depth == 21);
