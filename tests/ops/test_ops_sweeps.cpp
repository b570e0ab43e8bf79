/// Dropout and sweeps over flat spans of the op table.
#include "ops/check_sweeps.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's sweeps are what their definition says") {
  SUBCASE("float") { ops::check_sweeps<float, taut::Cpu<>>(); }
  SUBCASE("double") { ops::check_sweeps<double, taut::Cpu<>>(); }
}

TEST_CASE("Reference's sweeps in float are what their definition says in double") { ops::check_sweeps<float, taut::Reference>(); }
