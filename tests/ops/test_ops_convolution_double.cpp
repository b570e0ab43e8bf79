/// Convolutions of the op table in double: the odd shapes.
#include "ops/check_convolution.hpp"
#include "ops/cpu_growth.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's convolutions in double are what their definition says") {
  ops::check_convolutions<double, taut::Cpu<>, 0, ops::first_network_convolution>();
}
