/// Sums and concatenations of branches of the op table.
#include "ops/check_branches.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's branches are joined and parted as their definition says") {
  SUBCASE("float") { ops::check_branches<float, taut::Cpu<>>(); }
  SUBCASE("double") { ops::check_branches<double, taut::Cpu<>>(); }
}

TEST_CASE("Reference's branches in float are what their definition says in double") { ops::check_branches<float, taut::Reference>(); }
