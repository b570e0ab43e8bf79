/// Normalise → activate → max-pool of the op table in double.
#include "ops/check_norm_pool.hpp"
#include "taut/device/cpu.hpp"

TEST_CASE("Cpu's normalisation and pooling in double are what their definition says") { ops::check_norm_pools<double, taut::Cpu<>>(); }
