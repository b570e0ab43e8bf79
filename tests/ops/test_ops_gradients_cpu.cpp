/// Gradients of everything but convolutions on Cpu.
#include "ops/check_layer_gradients.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's gradients of norms and pools are those of finite differences") { ops::check_norm_pool_gradients<taut::Cpu<>>(); }
TEST_CASE("Cpu's gradients of average pools, group norms, upsampling and reshaping are those of finite differences") {
  ops::check_plain_gradients<taut::Cpu<>>();
}
TEST_CASE("Cpu's gradients of vector layers are those of finite differences") { ops::check_vector_gradients<taut::Cpu<>>(); }
TEST_CASE("Cpu's gradients of the loss are those of finite differences") { ops::check_loss_gradients<taut::Cpu<>>(); }
TEST_CASE("Cpu's gradients around frozen layers are those of finite differences") { ops::check_frozen_gradients<taut::Cpu<>>(); }
