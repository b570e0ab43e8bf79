/// Normalise → activate → max-pool of the op table in float.
#include "ops/check_norm_pool.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's normalisation and pooling in float are what their definition says") { ops::check_norm_pools<float, taut::Cpu<>>(); }

TEST_CASE("Reference's normalisation and pooling in float are what their definition says in double") {
  ops::check_norm_pools<float, taut::Reference>();
}
