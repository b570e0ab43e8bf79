/// A bias by itself, and its gradient.
#include "ops/check_bias.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's bias is what its definition says") {
  SUBCASE("float") { ops::check_biases<float, taut::Cpu<>>(); }
  SUBCASE("double") { ops::check_biases<double, taut::Cpu<>>(); }
}

TEST_CASE("Reference's bias in float is what its definition says in double") { ops::check_biases<float, taut::Reference>(); }
