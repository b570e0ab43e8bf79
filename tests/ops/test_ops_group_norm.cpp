/// Group normalisation of the layer table.
#include "ops/check_group_norm.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's group normalisation in float is what its definition says") { ops::check_group_norms<float, taut::Cpu<>>(); }
TEST_CASE("Cpu's group normalisation in double is what its definition says") { ops::check_group_norms<double, taut::Cpu<>>(); }
TEST_CASE("Reference's group normalisation in float is what its definition says in double") {
  ops::check_group_norms<float, taut::Reference>();
}
