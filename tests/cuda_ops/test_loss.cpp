/// Losses of the op table, on a GPU.
#include "cuda_ops/cuda_device.hpp"
#include "ops/check_dense_loss.hpp"
#include "ops/check_loss.hpp"

TEST_CASE("Cuda's losses are what their definition says") {
  SUBCASE("float") { ops::check_losses<float, taut::Cuda>(); }
  SUBCASE("double") { ops::check_losses<double, taut::Cuda>(); }
}

TEST_CASE("Cuda's losses with dense targets are what their definition says") {
  SUBCASE("float") { ops::check_all_dense_losses<float, taut::Cuda>(); }
  SUBCASE("double") { ops::check_all_dense_losses<double, taut::Cuda>(); }
}
