/// Optimizer steps of the op table, on a GPU.
#include "cuda_ops/cuda_device.hpp"
#include "ops/check_optimizers.hpp"

TEST_CASE("Cuda's optimizer steps are what their definition says") {
  SUBCASE("float") { ops::check_optimizers<float, taut::Cuda>(); }
  SUBCASE("double") { ops::check_optimizers<double, taut::Cuda>(); }
}
