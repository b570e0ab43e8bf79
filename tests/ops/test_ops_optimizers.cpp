/// Optimizer steps of the op table.
#include "ops/check_optimizers.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's optimizer steps are what their definition says") {
  SUBCASE("float") { ops::check_optimizers<float, taut::Cpu<>>(); }
  SUBCASE("double") { ops::check_optimizers<double, taut::Cpu<>>(); }
}

TEST_CASE("Reference's optimizer steps in float are what their definition says in double") {
  ops::check_optimizers<float, taut::Reference>();
}
