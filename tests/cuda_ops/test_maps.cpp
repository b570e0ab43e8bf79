/// Average-pooling, reshaping and upsampling of the layer table, on a GPU.
#include "cuda_ops/cuda_device.hpp"
#include "ops/check_maps.hpp"

TEST_CASE("Cuda's average-pooling is what its definition says") {
  SUBCASE("float") { ops::check_average_pools<float, taut::Cuda>(); }
  SUBCASE("double") { ops::check_average_pools<double, taut::Cuda>(); }
}
TEST_CASE("Cuda's reshaping is what its definition says") {
  SUBCASE("float") { ops::check_reshapes<float, taut::Cuda>(); }
  SUBCASE("double") { ops::check_reshapes<double, taut::Cuda>(); }
}
TEST_CASE("Cuda's upsampling is what its definition says") {
  SUBCASE("float") { ops::check_upsamples<float, taut::Cuda>(); }
  SUBCASE("double") { ops::check_upsamples<double, taut::Cuda>(); }
}
