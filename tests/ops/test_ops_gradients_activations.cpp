/// Gradients of activations and softmax, wherever they may stand.
#include "ops/check_layer_gradients.hpp"
#include "taut/device/cpu.hpp"
#include "taut/device/reference.hpp"

TEST_CASE("Cpu's gradients of activations are those of finite differences") { ops::check_activation_gradients<taut::Cpu<>>(); }
TEST_CASE("Reference's gradients of activations are those of finite differences") { ops::check_activation_gradients<taut::Reference>(); }
