/// Normalise → activate → max-pool of the op table, on a GPU.
#include "cuda_ops/cuda_device.hpp"
#include "ops/check_norm_pool.hpp"

TEST_CASE("Cuda's normalisation and pooling in float are what their definition says") { ops::check_norm_pools<float, taut::Cuda>(); }
TEST_CASE("Cuda's normalisation and pooling in double are what their definition says") { ops::check_norm_pools<double, taut::Cuda>(); }
