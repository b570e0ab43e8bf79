/// Linear layers of the op table.
#include "ops/check_linear.hpp"
#include "taut/device/cpu.hpp"
#include "taut/device/eigen_gemm.hpp"

TEST_CASE("Cpu's linear layers are what their definition says") {
  SUBCASE("float") { ops::check_linears<float, taut::Cpu<>>(); }
  SUBCASE("double") { ops::check_linears<double, taut::Cpu<>>(); }
}

TEST_CASE("Cpu<EigenGemm>'s linear layers are what their definition says") { ops::check_linears<float, taut::Cpu<taut::EigenGemm>>(); }

TEST_CASE("Reference's linear layers in float are what their definition says in double") {
  ops::check_linears<float, taut::Reference>();
}
