/// Linear layers, convolutions and biases of the op table, on a GPU: the small ones, as the device hands them on.
#include "cuda_ops/cuda_device.hpp"
#include "ops/check_bias.hpp"
#include "ops/check_convolution.hpp"
#include "ops/check_linear.hpp"

TEST_CASE("Cuda's biases are what their definition says") { ops::check_biases<float, taut::Cuda>(); }
TEST_CASE("Cuda's linear layers are what their definition says") { ops::check_linears<float, taut::Cuda>(); }
TEST_CASE("Cuda's convolutions are what their definition says") { ops::check_convolutions<float, taut::Cuda, 0, 5>(); }
