/// Activations, softmax and its logarithm of the op table, on a GPU.
#include "cuda_ops/cuda_device.hpp"
#include "ops/check_activation.hpp"

TEST_CASE("Cuda's activations are what their definition says") {
  SUBCASE("float") { ops::check_activations<float, taut::Cuda>(); }
  SUBCASE("double") { ops::check_activations<double, taut::Cuda>(); }
}

TEST_CASE("Cuda's softmax and its logarithm, forward and backward, are what their definition says") {
  SUBCASE("float") { ops::check_softmax_layers<float, taut::Cuda>(); }
  SUBCASE("double") { ops::check_softmax_layers<double, taut::Cuda>(); }
}
