/// Average-pooling, reshaping and upsampling of the layer table.
#include "ops/check_maps.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's average-pooling is what its definition says") {
  SUBCASE("float") { ops::check_average_pools<float, taut::Cpu<>>(); }
  SUBCASE("double") { ops::check_average_pools<double, taut::Cpu<>>(); }
}
TEST_CASE("Reference's average-pooling in float is what its definition says in double") {
  ops::check_average_pools<float, taut::Reference>();
}
TEST_CASE("Cpu's reshaping is what its definition says") {
  SUBCASE("float") { ops::check_reshapes<float, taut::Cpu<>>(); }
  SUBCASE("double") { ops::check_reshapes<double, taut::Cpu<>>(); }
}
TEST_CASE("Reference's reshaping goes back to where it came from") { ops::check_reshapes<float, taut::Reference>(); }
TEST_CASE("Cpu's upsampling is what its definition says") {
  SUBCASE("float") { ops::check_upsamples<float, taut::Cpu<>>(); }
  SUBCASE("double") { ops::check_upsamples<double, taut::Cpu<>>(); }
}
TEST_CASE("Reference's upsampling in float is what its definition says in double") { ops::check_upsamples<float, taut::Reference>(); }
