/// Convolutions of the op table in float: the odd shapes.
#include "ops/check_convolution.hpp"
#include "ops/cpu_growth.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's convolutions in float are what their definition says") {
  ops::check_convolutions<float, taut::Cpu<>, 0, ops::first_network_convolution>();
}

TEST_CASE("Reference's convolutions in float are what their definition says in double") {
  ops::check_convolutions<float, taut::Reference>();
}
