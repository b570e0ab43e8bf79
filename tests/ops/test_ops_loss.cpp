/// Losses and softmax of the op table.
#include "ops/check_dense_loss.hpp"
#include "ops/check_loss.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's losses are what their definition says") {
  SUBCASE("float") { ops::check_losses<float, taut::Cpu<>>(); }
  SUBCASE("double") { ops::check_losses<double, taut::Cpu<>>(); }
}

TEST_CASE("Reference's losses in float are what their definition says in double") { ops::check_losses<float, taut::Reference>(); }

TEST_CASE("Cpu's losses with dense targets are what their definition says") {
  SUBCASE("float") { ops::check_all_dense_losses<float, taut::Cpu<>>(); }
  SUBCASE("double") { ops::check_all_dense_losses<double, taut::Cpu<>>(); }
}

TEST_CASE("Reference's losses with dense targets in float are what their definition says in double") {
  ops::check_all_dense_losses<float, taut::Reference>();
}
