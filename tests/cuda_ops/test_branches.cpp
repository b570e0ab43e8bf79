/// Sums and concatenations of branches of the op table, on a GPU.
#include "cuda_ops/cuda_device.hpp"
#include "ops/check_branches.hpp"

TEST_CASE("Cuda's branches are joined and parted as their definition says") {
  SUBCASE("float") { ops::check_branches<float, taut::Cuda>(); }
  SUBCASE("double") { ops::check_branches<double, taut::Cuda>(); }
}
