/// Convolutions of the op table: the emotion network's.
#include "ops/check_convolution.hpp"
#include "ops/cpu_growth.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's convolutions of the emotion network are what their definition says") {
  ops::check_convolutions<float, taut::Cpu<>, ops::first_network_convolution>();
}
