/// Dropout and sweeps over flat spans of the op table, on a GPU.
#include "cuda_ops/cuda_device.hpp"
#include "ops/check_sweeps.hpp"

TEST_CASE("Cuda's sweeps are what their definition says") {
  SUBCASE("float") { ops::check_sweeps<float, taut::Cuda>(); }
  SUBCASE("double") { ops::check_sweeps<double, taut::Cuda>(); }
}
