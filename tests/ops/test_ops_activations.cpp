/// Activations, softmax and its logarithm of the op table.
#include "ops/check_activation.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's activations are what their definition says") {
  SUBCASE("float") { ops::check_activations<float, taut::Cpu<>>(); }
  SUBCASE("double") { ops::check_activations<double, taut::Cpu<>>(); }
}

TEST_CASE("Reference's activations are what their definition says") {
  SUBCASE("float") { ops::check_activations<float, taut::Reference>(); }
  SUBCASE("double") { ops::check_activations<double, taut::Reference>(); }
}

TEST_CASE("Cpu's softmax and its logarithm, forward and backward, are what their definition says") {
  SUBCASE("float") { ops::check_softmax_layers<float, taut::Cpu<>>(); }
  SUBCASE("double") { ops::check_softmax_layers<double, taut::Cpu<>>(); }
}

TEST_CASE("Reference's softmax and its logarithm in float are what their definition says in double") {
  ops::check_softmax_layers<float, taut::Reference>();
}
