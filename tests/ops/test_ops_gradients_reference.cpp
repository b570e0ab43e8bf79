/// Gradients on Reference: what every other device is held to is itself held to finite differences.
#include "ops/check_layer_gradients.hpp"
#include "taut/device/reference.hpp"

TEST_CASE("Reference's gradients of convolutions are those of finite differences") { ops::check_convolution_gradients<taut::Reference>(); }
TEST_CASE("Reference's gradients of norms and pools are those of finite differences") { ops::check_norm_pool_gradients<taut::Reference>(); }
TEST_CASE("Reference's gradients of average pools, group norms, upsampling and reshaping are those of finite differences") {
  ops::check_plain_gradients<taut::Reference>();
}
TEST_CASE("Reference's gradients of vector layers are those of finite differences") { ops::check_vector_gradients<taut::Reference>(); }
TEST_CASE("Reference's gradients of the loss are those of finite differences") { ops::check_loss_gradients<taut::Reference>(); }
TEST_CASE("Reference's gradients around frozen layers are those of finite differences") { ops::check_frozen_gradients<taut::Reference>(); }
