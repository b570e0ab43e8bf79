/// Group normalisation of the layer table, on a GPU.
#include "cuda_ops/cuda_device.hpp"
#include "ops/check_group_norm.hpp"

TEST_CASE("Cuda's group normalisation is what its definition says") {
  SUBCASE("float") { ops::check_group_norms<float, taut::Cuda>(); }
  SUBCASE("double") { ops::check_group_norms<double, taut::Cuda>(); }
}
