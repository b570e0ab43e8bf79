/// Gradients of convolutions on Cpu.
#include "ops/check_layer_gradients.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's gradients of convolutions are those of finite differences") { ops::check_convolution_gradients<taut::Cpu<>>(); }
